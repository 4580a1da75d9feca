#include "data/csv_write.h"

#include <gtest/gtest.h>

#include "data/csv.h"
#include "support/expect_error.h"

namespace posthoc::data {
namespace {

using testing::fails_with;

TEST(CsvWrite, WhatIsWrittenIsReadBack) {
  CsvOptions options;
  options.trim_blanks = true;
  const std::string text = "a,\"b,c\",d\n1,\"x \"\"y\"\"\",\" blank \"\n,\"two\nlines\",\"\ttab\"\n";
  const Table table = parse_csv(text, "t.csv", options);
  EXPECT_EQ(to_csv(table, {}), text);
  for (const char separator : {';', '\t'}) {
    const std::string written = to_csv(table, {{"e", {"p", "q,;\t"}}}, separator);
    CsvOptions other = options;
    other.separator = separator;
    other.trim_blanks = separator != '\t';
    const Table again = parse_csv(written, "again.csv", other);
    ASSERT_EQ(again.rows(), 2U);
    ASSERT_EQ(again.names(), (std::vector<std::string>{"a", "b,c", "d", "e"}));
    for (std::size_t row = 0; row < 2; ++row) {
      for (std::size_t j = 0; j < 3; ++j) EXPECT_EQ(again.field(row, j), table.field(row, j));
    }
    EXPECT_EQ(again.field(1, 3), "q,;\t");
  }
}

TEST(CsvWrite, PlainFieldsAreNotQuoted) {
  CsvOptions semicolons;
  semicolons.separator = ';';
  const Table table = parse_csv("a;b\n1;x y\n", "t.csv", semicolons);
  EXPECT_EQ(to_csv(table, {{"c", {"0.5"}}}), "a,b,c\n1,x y,0.5\n");
}

TEST(CsvWrite, RefusesColumnsThatDoNotFit) {
  const Table table = parse_csv("a,b\n1,2\n", "t.csv", {});
  EXPECT_TRUE(fails_with([&] { static_cast<void>(to_csv(table, {{"a", {"1"}}})); }, {"t.csv", "'a' already"}));
  EXPECT_TRUE(fails_with([&] { static_cast<void>(to_csv(table, {{"c", {"1"}}, {"c", {"1"}}})); }, {"'c' already"}));
  EXPECT_TRUE(fails_with([&] { static_cast<void>(to_csv(table, {{"c", {}}})); }, {"'c'", "1 fields, got 0"}));
}

}  // namespace
}  // namespace posthoc::data
