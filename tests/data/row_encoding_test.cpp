#include "data/row_encoding.h"

#include <gtest/gtest.h>

#include "data/encoding.h"
#include "support/expect_error.h"

namespace posthoc::data {
namespace {

using testing::fails_with;

Table people(const std::string& rows) {
  CsvOptions csv;
  return parse_csv("age,job,sex,race,granted\n" + rows, "p.csv", csv);
}

const std::string training =
    "30,cook,f,x,yes\n"
    "40,clerk,m,y,no\n"
    "50,cook,m,x,yes\n"
    "20,nurse,f,y,no\n";

Dataset encoded(const std::vector<std::string>& further = {}) {
  Encoding encoding;
  encoding.categorical = {"job"};
  encoding.missing = {"?"};
  encoding.protected_columns = {{"sex", "sex", {"m"}, std::nullopt},
                                {"race", "race", {"x"}, std::nullopt},
                                {"old", "age", {}, Interval{35, 100}}};
  encoding.label = {"granted", {"yes", {}, ""}, {"no", {}, ""}};
  return encode(people(training), encoding, "sex", further);
}

TEST(RowEncoding, GivesNewRowsTheFeaturesOfTheDataSet) {
  const Dataset dataset = encoded();
  EXPECT_EQ(dataset.feature_names,
            (std::vector<std::string>{"age", "sex", "race", "job=clerk", "job=cook", "job=nurse"}));
  EXPECT_EQ(feature_names(dataset.encoding), dataset.feature_names);
  const EncodedRows again = encode_new_rows(people(training), dataset.encoding, UnknownValue::refuse);
  EXPECT_EQ(again.features.to_vector(), dataset.features.to_vector());
  EXPECT_EQ(again.groups, dataset.attribute("sex").groups);
  // By hand: `age` is 1 from 35 on, as the attribute `old` has it; columns in another order, no label, one more.
  const Table other = parse_csv("race,extra,sex,job,age\nx,1,m,clerk,35\ny,2,f,nurse,34.5\n", "o.csv", {});
  const EncodedRows rows = encode_new_rows(other, dataset.encoding, UnknownValue::refuse);
  EXPECT_EQ(rows.features.to_vector(), (std::vector<double>{1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(rows.groups, (std::vector<std::int32_t>{1, 0}));
}

TEST(RowEncoding, IntersectionsKeepTheirNumbers) {
  const Dataset dataset = encoded({"race"});
  const EncodedRows again = encode_new_rows(people(training), dataset.encoding, UnknownValue::refuse);
  EXPECT_EQ(again.groups, dataset.attribute("sex,race").groups);
  EXPECT_EQ(again.groups, (std::vector<std::int32_t>{2, 3, 1, 0}));
  // A combination that no row had.
  Encoding encoding;
  encoding.protected_columns = {{"sex", "sex", {"m"}, std::nullopt}, {"race", "race", {"x"}, std::nullopt}};
  encoding.dropped = {"age", "job"};
  encoding.label = {"granted", {"yes", {}, ""}, {"no", {}, ""}};
  const Dataset two = encode(people("1,a,m,x,yes\n1,a,f,y,no\n"), encoding, "sex", {"race"});
  EXPECT_TRUE(fails_with([&] { encode_new_rows(people("1,a,f,x,no\n"), two.encoding, UnknownValue::refuse); },
                         {"p.csv line 2", "combination"}));
}

TEST(RowEncoding, UnknownValuesAreRefusedOrIgnored) {
  const RowEncoding encoding = encoded().encoding;
  const Table strange = people("30,pilot,f,x,yes\n30,cook,d,z,yes\n30,smith,f,x,yes\n");
  EXPECT_TRUE(fails_with([&] { encode_new_rows(strange, encoding, UnknownValue::refuse); },
                         {"column 'job' has 'pilot' (p.csv line 2), 'smith' (p.csv line 4)",
                          "column 'sex' has 'd' (p.csv line 3)", "column 'race' has 'z' (p.csv line 3)"}));
  const EncodedRows rows = encode_new_rows(strange, encoding, UnknownValue::ignore);
  EXPECT_EQ(rows.features.to_vector(), (std::vector<double>{0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0}));
  std::string many;
  for (int i = 0; i < 20; ++i) many += "30,job" + std::to_string(i) + ",f,x,yes\n";
  EXPECT_TRUE(fails_with([&] { encode_new_rows(people(many), encoding, UnknownValue::refuse); }, {"and 12 more"}));
}

TEST(RowEncoding, MissingValuesAndColumnsAreListed) {
  const RowEncoding encoding = encoded().encoding;
  EXPECT_TRUE(
      fails_with([&] { encode_new_rows(people("?,cook,f,x,\n30,,f,NA,\n"), encoding, UnknownValue::ignore); },
                 {"3 missing values", "line 2, column 'age'", "line 3, column 'job'", "line 3, column 'race'"}));
  EXPECT_TRUE(
      fails_with([&] { encode_new_rows(parse_csv("age,sex\n1,m\n", "o.csv", {}), encoding, UnknownValue::ignore); },
                 {"o.csv", "expected the columns", "race", "job"}));
  EXPECT_TRUE(fails_with([&] { encode_new_rows(people("old,cook,f,x,\n"), encoding, UnknownValue::refuse); },
                         {"p.csv line 2, column 'age'", "expected a number, got 'old'"}));
}

TEST(RowEncoding, WhatNoDataSetHasIsRefused) {
  const RowEncoding sound = encoded().encoding;
  EXPECT_NO_THROW(validate(sound));
  const auto refused = [&](const auto& change) {
    RowEncoding encoding = sound;
    change(encoding);
    return fails_with([&] { validate(encoding); }, {"row encoding"});
  };
  EXPECT_TRUE(refused([](RowEncoding& e) { e.columns.clear(); }));
  EXPECT_TRUE(refused([](RowEncoding& e) { e.columns[0].column.clear(); }));
  EXPECT_TRUE(refused([](RowEncoding& e) { e.columns[0].column = e.columns[1].column; }));
  EXPECT_TRUE(refused([](RowEncoding& e) { e.columns[0].attribute = 3; }));
  EXPECT_TRUE(refused([](RowEncoding& e) { e.columns[3].categories = {"b", "a"}; }));
  EXPECT_TRUE(refused([](RowEncoding& e) { e.columns[3].categories = {"a", "a"}; }));
  EXPECT_TRUE(refused([](RowEncoding& e) { e.protected_by.clear(); }));
  EXPECT_TRUE(refused([](RowEncoding& e) { e.protected_by = {7}; }));
  EXPECT_TRUE(refused([](RowEncoding& e) { e.protected_by.assign(9, 0); }));
  EXPECT_TRUE(refused([](RowEncoding& e) { e.group_codes = {0}; }));
  EXPECT_TRUE(refused([](RowEncoding& e) { e.group_codes = {1, 1}; }));
  EXPECT_TRUE(refused([](RowEncoding& e) { e.group_codes = {0, 2}; }));
}

}  // namespace
}  // namespace posthoc::data
