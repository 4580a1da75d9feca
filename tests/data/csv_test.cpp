#include "data/csv.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "data/numpy_random.h"
#include "support/expect_error.h"
#include "support/temporary_folder.h"

namespace posthoc::data {
namespace {

using testing::fails_with;
using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(const Table& table) {
  Rows rows(table.rows());
  for (std::size_t i = 0; i < table.rows(); ++i) {
    for (std::size_t j = 0; j < table.columns(); ++j) rows[i].emplace_back(table.field(i, j));
  }
  return rows;
}

TEST(Csv, ReadsHeaderQuotesAndEmptyFields) {
  const Table table = parse_csv("a,b,c\n1,\"x, \"\"y\"\"\",\n\"\",  two ,3", "t.csv", {});
  EXPECT_EQ(table.names(), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(rows_of(table), (Rows{{"1", "x, \"y\"", ""}, {"", "  two ", "3"}}));
}

TEST(Csv, AcceptsEveryLineEndAByteOrderMarkAndEmptyLines) {
  const Rows expected = {{"1", "2"}, {"3", "4"}};
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const std::string text = fmt::format("\xEF\xBB\xBF{0}a,b{0}1,2{0}{0}3,4{0}{0}", end);
    const Table table = parse_csv(text, "t.csv", {});
    EXPECT_EQ(table.names()[0], "a");
    EXPECT_EQ(rows_of(table), expected);
    EXPECT_EQ(table.where(1, 1), "t.csv line 5, column 'b'");
  }
}

TEST(Csv, ReadsOtherSeparatorsBlanksAndFilesWithoutHeader) {
  CsvOptions options;
  options.separator = ';';
  options.header = false;
  options.trim_blanks = true;
  options.skip_lines = 1;
  const Table table = parse_csv("junk \"line\n1; two ;\"  q \"\n 4;5, 5; 6\n", "t", options);
  EXPECT_EQ(table.names(), (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(rows_of(table), (Rows{{"1", "two", "  q "}, {"4", "5, 5", "6"}}));
  EXPECT_EQ(table.where(0, 0), "t line 2, column '1'");
}

TEST(Csv, QuotedLineEndsKeepTheirBytesAndTheLineCount) {
  const Table table = parse_csv("a,b\n1,\"x\r\n\r\ny\"\n2,z\n", "t", {});
  EXPECT_EQ(rows_of(table), (Rows{{"1", "x\r\n\r\ny"}, {"2", "z"}}));
  EXPECT_EQ(table.where(0, 1), "t line 2, column 'b'");
  EXPECT_EQ(table.where(1, 1), "t line 5, column 'b'");
}

TEST(Csv, FirstOfTwoEqualColumnNamesCounts) {
  const Table table = parse_csv("a,b,a\n1,2,3\n", "t", {});
  EXPECT_EQ(table.column("a"), 0U);
  EXPECT_EQ(table.field(0, table.column("a")), "1");
  EXPECT_TRUE(fails_with([&] { static_cast<void>(table.column("x")); }, {"t: no column 'x'", "a, b, a"}));
}

TEST(Csv, AppendedRowsRememberTheirFile) {
  Table table = parse_csv("a\n1\n2\n", "one", {});
  table.append(parse_csv("a\n3\n", "two", {}));
  EXPECT_EQ(rows_of(table), (Rows{{"1"}, {"2"}, {"3"}}));
  EXPECT_EQ(table.where(1, 0), "one line 3, column 'a'");
  EXPECT_EQ(table.where(2, 0), "two line 2, column 'a'");
  Table open("four", {"a"});
  open.push_field("7");
  open.end_row(1);
  open.push_field("left out");
  table.append(open);
  EXPECT_EQ(table.field(table.rows() - 1, 0), "7");
  EXPECT_EQ(table.pending_fields(), 0U);
  EXPECT_TRUE(fails_with([&] { open.append(table); }, {"four", "a row of 1 fields is not closed"}));
  EXPECT_TRUE(fails_with([&] { table.append(parse_csv("b\n3\n", "three", {})); }, {"one", "three", "columns"}));
}

TEST(Csv, BadTextIsAnErrorThatSaysWhere) {
  const auto parse = [](const std::string& text) { return [text] { parse_csv(text, "bad.csv", {}); }; };
  EXPECT_TRUE(fails_with(parse(""), {"bad.csv", "empty"}));
  EXPECT_TRUE(fails_with(parse("\n\r\n"), {"bad.csv", "empty"}));
  EXPECT_TRUE(fails_with(parse("\xEF\xBB\xBF"), {"bad.csv", "empty"}));
  EXPECT_TRUE(fails_with(parse("a,b\n"), {"bad.csv", "only a header"}));
  EXPECT_TRUE(fails_with(parse("a,b\n1,2\n\n3\n"), {"bad.csv line 4", "expected 2 fields, got 1"}));
  EXPECT_TRUE(fails_with(parse("a,b\n1,2,3\n"), {"bad.csv line 2", "expected 2 fields, got 3"}));
  EXPECT_TRUE(fails_with(parse("a,b\n1,2\n3,\"x\n4,5\n6,7\n"), {"bad.csv line 3", "never closed"}));
  EXPECT_TRUE(fails_with(parse("a,b\n1,x\"y\n"), {"bad.csv line 2, byte 4", "double quote"}));
  EXPECT_TRUE(fails_with(parse("a,b\n1,\"x\"y\n"), {"bad.csv line 2, byte 6", "double quote"}));
  EXPECT_TRUE(fails_with(parse(std::string("a,b\n1,\0\n", 8)), {"bad.csv line 2, byte 3", "NUL"}));
  EXPECT_TRUE(fails_with(parse("a\n" + std::string(100000, ',') + "\n"), {"line 2", "more than 16384 fields"}));
  EXPECT_TRUE(fails_with(parse(std::string(100000, ',') + "\n"), {"line 1", "more than 16384 fields"}));
}

TEST(Csv, AnyTextEitherParsesOrIsAnError) {
  // Plain characters and line ends more often than quotes and NUL, so that many texts are tables and many are not.
  const std::string alphabet = std::string("abcdefgh,\"\n\n\n\n\r \xC3") + '\0';
  NumpyRandom random(1);
  int parsed = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    std::string text(random.integer(24), ' ');
    for (char& c : text) c = alphabet[random.integer(static_cast<std::uint32_t>(alphabet.size() - 1))];
    CsvOptions options;
    options.trim_blanks = trial % 2 == 0;
    options.header = trial % 3 != 0;
    try {
      const Table table = parse_csv(text, "t", options);
      ++parsed;
      ASSERT_GT(table.rows(), 0U) << text;
      ASSERT_EQ(table.pending_fields(), 0U) << text;
      ASSERT_LE(table.field(table.rows() - 1, table.columns() - 1).size(), text.size()) << text;
    } catch (const Error&) {
    }
  }
  EXPECT_GT(parsed, 1000);
  EXPECT_LT(parsed, 19000);
}

TEST(Csv, UnusableSeparatorsAreRefused) {
  for (const char c : {'"', '\n', '\r', '\0'}) {
    CsvOptions options;
    options.separator = c;
    EXPECT_TRUE(fails_with([&] { parse_csv("a\n1\n", "t", options); }, {"separator"}));
  }
  CsvOptions tabs;
  tabs.separator = '\t';
  EXPECT_EQ(rows_of(parse_csv("a\tb\n 1\t\n", "t", tabs)), (Rows{{" 1", ""}}));
  tabs.trim_blanks = true;
  EXPECT_TRUE(fails_with([&] { parse_csv("a\tb\n1\t2\n", "t", tabs); }, {"separator"}));
}

TEST(Csv, FilesThatCannotBeReadAreNamed) {
  const testing::TemporaryFolder folder;
  write_file(folder / "t.csv", "a\r\n1\r\n");
  EXPECT_EQ(rows_of(read_csv(folder / "t.csv", {})), (Rows{{"1"}}));
  EXPECT_TRUE(fails_with([&] { read_csv(folder / "none.csv", {}); }, {"none.csv", "no such file"}));
  EXPECT_TRUE(fails_with([&] { read_csv(folder.path(), {}); }, {folder.path().string(), "regular file"}));
  EXPECT_TRUE(fails_with([] { read_csv("/dev/zero", {}); }, {"/dev/zero", "regular file"}));
}

}  // namespace
}  // namespace posthoc::data
