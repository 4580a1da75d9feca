#include "data/csv_dataset.h"

#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "data/interval.h"
#include "data/utf8.h"
#include "support/expect_error.h"
#include "support/temporary_folder.h"

namespace posthoc::data {
namespace {

using testing::fails_with;
using Strings = std::vector<std::string>;

class CsvDatasetTest : public ::testing::Test {
 protected:
  Dataset load(const std::string& text, const CsvDatasetOptions& options) {
    write_file(folder_ / "t.csv", text);
    return load_csv_dataset(folder_ / "t.csv", options);
  }
  ::testing::AssertionResult refused(const std::string& text, const CsvDatasetOptions& options,
                                     std::initializer_list<std::string_view> parts) {
    return fails_with([&] { load(text, options); }, parts);
  }
  static CsvDatasetOptions options() {
    CsvDatasetOptions options;
    options.label = "y";
    options.favorable = "1";
    options.protected_columns = {{"sex", {"m"}}};
    return options;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(CsvDatasetTest, NumbersMixedWithTextMustBeExplained) {
  const std::string text = "a,sex,y\n1,m,1\nn/a?,f,0\n3,f,1\n";
  CsvDatasetOptions asked = options();
  EXPECT_TRUE(refused(text, asked, {"t.csv line 3, column 'a'", "'n/a?'", "2 of", "--missing", "--categorical"}));
  asked.missing = {"n/a?"};
  EXPECT_TRUE(refused(text, asked, {"label 'y'", "every row"}));  // the row with the 0 is dropped
  asked.missing.clear();
  asked.categorical = {"a"};
  EXPECT_EQ(load(text, asked).feature_names, (Strings{"sex", "a=1", "a=3", "a=n/a?"}));
}

TEST_F(CsvDatasetTest, WhatNoFeatureCanBeMadeOfIsRefused) {
  const CsvDatasetOptions asked = options();
  for (const char* infinite : {"inf", "-Infinity", "1e999"}) {
    EXPECT_TRUE(refused(std::string("a,sex,y\n1,m,1\n") + infinite + ",f,0\n", asked,
                        {"t.csv line 3, column 'a'", "finite", infinite}));
  }
  EXPECT_TRUE(refused("a,sex,y\n,m,1\nNA,f,0\n", asked, {"column 'a'", "every value is missing"}));
  EXPECT_TRUE(refused("a,sex,y,a\n1,m,1,2\n2,f,0,3\n", asked, {"columns 1 and 4", "'a'"}));
  EXPECT_TRUE(refused(",sex,y\n1,m,1\n2,f,0\n", asked, {"column 1 has no name"}));
  std::string names = "a,sex,y\n";
  for (int i = 0; i < 1001; ++i) names += "name" + std::to_string(i) + (i % 2 == 0 ? ",m,1\n" : ",f,0\n");
  EXPECT_TRUE(refused(names, asked, {"column 'a'", "more than 1000", "--drop"}));
  CsvDatasetOptions twice = asked;
  twice.dropped = {"a", "a"};
  EXPECT_TRUE(refused("a,sex,y\n1,m,1\n2,f,0\n", twice, {"'a'", "twice", "dropped"}));
}

TEST_F(CsvDatasetTest, ANumericAttributeTakesAnInterval) {
  const std::string text = "age,y\n24,0\n25,1\n59.5,0\n60,1\n";
  CsvDatasetOptions asked = options();
  const auto groups = [&](const std::string& interval) {
    asked.protected_columns = {{"age", {interval}}};
    return load(text, asked).protected_attributes[0].groups;
  };
  EXPECT_EQ(groups(">=25"), (std::vector<std::int32_t>{0, 1, 1, 1}));
  EXPECT_EQ(groups("<60"), (std::vector<std::int32_t>{1, 1, 1, 0}));
  EXPECT_EQ(groups("25..60"), (std::vector<std::int32_t>{0, 1, 1, 0}));
  EXPECT_EQ(groups("25"), (std::vector<std::int32_t>{0, 1, 0, 0}));
  asked.protected_columns = {{"age", {">=25", "3"}}};
  EXPECT_TRUE(refused(text, asked, {"'age'", "one interval"}));
  asked.protected_columns = {{"age", {"<60"}}};
  EXPECT_EQ(load(text, asked).protected_attributes[0].description, "privileged: age < 60");
  asked.protected_columns = {{"band", {"<30"}}};  // a category that looks like an interval
  EXPECT_EQ(load("band,y\n<30,0\n>=30,1\n", asked).protected_attributes[0].groups, (std::vector<std::int32_t>{1, 0}));
}

TEST(Interval, IsReadOrRefused) {
  EXPECT_EQ(parse_interval("-1.5..2")->low, -1.5);
  EXPECT_EQ(parse_interval(">=3")->high, std::numeric_limits<double>::infinity());
  EXPECT_FALSE(parse_interval("3").has_value());
  EXPECT_FALSE(parse_interval("").has_value());
  for (const char* bad : {">3", "<=3", ">=x", "<inf", "3..3", "60..25", "..", "1..", "..2", "nan..2", "1..2..3"}) {
    EXPECT_TRUE(fails_with([&] { parse_interval(bad); }, {"interval"})) << bad;
  }
}

TEST_F(CsvDatasetTest, SeveralAttributesFormIntersections) {
  const std::string text = "sex,race,x,y\nm,a,1,1\nf,a,2,0\nm,b,3,1\nf,b,4,0\nm,a,5,0\n";
  CsvDatasetOptions asked = options();
  asked.protected_columns = {{"sex", {"m"}}, {"race", {"a"}}};
  const Dataset data = load(text, asked);
  EXPECT_EQ(data.protected_attribute, "sex,race");
  const ProtectedAttribute& joint = data.attribute("sex,race");
  EXPECT_EQ(joint.groups, (std::vector<std::int32_t>{1, 2, 3, 0, 1}));
  EXPECT_EQ(joint.group_names, (Strings{"sex: unprivileged, race: unprivileged", "sex: privileged, race: privileged",
                                        "sex: unprivileged, race: privileged", "sex: privileged, race: unprivileged"}));
  EXPECT_EQ(data.feature_names, (Strings{"sex", "race", "x"}));
  EXPECT_EQ(data.features.to_vector(), (std::vector<double>{1, 1, 1, 0, 1, 2, 1, 0, 3, 0, 0, 4, 1, 1, 5}));
  EXPECT_TRUE(refused("sex,race,x,y\nm,a,1,1\nf,a,2,0\nm,b,3,1\n", asked, {"'sex,race'", "unprivileged by every"}));
  asked.protected_columns.push_back({"sex", {"f"}});
  EXPECT_TRUE(refused(text, asked, {"'sex'", "twice"}));
}

// The boundaries of table 3-7 of the Unicode Standard.
TEST(Utf8, IsWellFormedOrNot) {
  for (const std::string text : {"", "plain", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                                 "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(find_invalid_utf8(text), text.size()) << text;
  }
  for (const std::string bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82",
                                "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_EQ(find_invalid_utf8("ab" + bad), 2U);
  }
}

}  // namespace
}  // namespace posthoc::data
