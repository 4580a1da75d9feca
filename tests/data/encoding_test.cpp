#include "data/encoding.h"

#include <gtest/gtest.h>
#include <string>

#include "base/file.h"
#include "data/csv.h"
#include "data/csv_dataset.h"
#include "data/show.h"
#include "support/expect_error.h"
#include "support/temporary_folder.h"

namespace posthoc::data {
namespace {

using testing::fails_with;
using Strings = std::vector<std::string>;

// Age is a number, job a category, sex the protected attribute, y the label.
Encoding small_encoding() {
  Encoding encoding;
  encoding.categorical = {"job"};
  encoding.protected_columns = {{"sex", "sex", {"m"}, std::nullopt}};
  encoding.label = {"y", {"1", {}, "good"}, {"0", {}, "bad"}};
  return encoding;
}

Dataset encode_text(const std::string& text, const Encoding& encoding, const std::string& chosen = "") {
  return encode(parse_csv(text, "t", {}), encoding, chosen);
}

const std::string small = "age,job,sex,y\n31,b,m,1\n42,a,f,0\n";

TEST(Encoding, ParsesWholeFiniteNumbersOnly) {
  EXPECT_EQ(parse_number("-36.4"), -36.4);
  EXPECT_EQ(parse_number("5191"), 5191.0);
  EXPECT_EQ(parse_number("1e-3"), 0.001);
  for (const char* text : {"", " 1", "1 ", "1,5", "x", "1x", "nan", "inf", "-inf", "1e999", "0x10", "--1", "+"}) {
    EXPECT_FALSE(parse_number(text).has_value()) << text;
  }
}

TEST(Encoding, UsualMarkersOfMissingValues) {
  for (const char* text : {"", "NA", "N/A", "NaN", "nan", "null", "NULL", "n/a", "#N/A", "-nan", "<NA>", "1.#QNAN"}) {
    EXPECT_TRUE(is_usual_missing_marker(text)) << text;
  }
  for (const char* text : {"?", "unknown", "Na", "0", "-", "none", "N/A "}) {
    EXPECT_FALSE(is_usual_missing_marker(text)) << text;
  }
}

TEST(Encoding, CategoriesAreSortedByBytesAndThoseOfDroppedRowsForgotten) {
  const Dataset data =
      encode_text("age,job,sex,y\n1,b,m,1\n2,\xC3\xA4,f,0\n3,B,f,0\nNA,z,f,0\n4,a b=c,f,0\n", small_encoding());
  EXPECT_EQ(data.feature_names, (Strings{"age", "sex", "job=B", "job=a b=c", "job=b", "job=\xC3\xA4"}));
  EXPECT_EQ(data.counts.incomplete, 1);
  EXPECT_EQ(data.features.to_vector(),
            (std::vector<double>{1, 1, 0, 0, 1, 0, 2, 0, 0, 0, 0, 1, 3, 0, 1, 0, 0, 0, 4, 0, 0, 1, 0, 0}));
}

TEST(Encoding, MissingValuesCountInKeptColumnsOnly) {
  Encoding encoding = small_encoding();
  const std::string text = "age,note,job,sex,y\n31,,b,m,1\n42,x,a,f,0\n";
  encoding.dropped = {"note"};
  EXPECT_EQ(encode_text(text, encoding).rows(), 2);
  encoding.missing = {"42"};
  EXPECT_TRUE(fails_with([&] { encode_text(text, encoding); }, {"label 'y'", "every row"}));
}

TEST(Encoding, FieldsThatAreNoNumbersArePointedAt) {
  EXPECT_TRUE(fails_with([] { encode_text("age,job,sex,y\n31,b,m,1\n4x2,a,f,0\n", small_encoding()); },
                         {"t line 3, column 'age'", "a number", "'4x2'"}));
  EXPECT_TRUE(fails_with([] { encode_text("age,job,sex,y\n31,b,m,1\n\"in\nf\",a,f,0\n", small_encoding()); },
                         {"t line 3, column 'age'", "'in?f'"}));
  Encoding interval = small_encoding();
  interval.protected_columns = {{"age", "age", {}, Interval{18, 40}}};
  EXPECT_TRUE(fails_with([&] { encode_text("age,job,sex,y\nold,b,m,1\n42,a,f,0\n", interval); },
                         {"t line 2, column 'age'", "'old'"}));
}

TEST(Encoding, WhatTheTableCannotGiveIsAnError) {
  const auto with = [](auto change) {
    return [change] {
      Encoding encoding = small_encoding();
      change(encoding);
      encode_text(small, encoding);
    };
  };
  using E = Encoding;
  EXPECT_TRUE(fails_with(with([](E& e) { e.label.column = "z"; }), {"no column 'z'", "age, job, sex, y"}));
  EXPECT_TRUE(fails_with(with([](E& e) { e.categorical = {"z"}; }), {"no column 'z'"}));
  EXPECT_TRUE(fails_with(with([](E& e) { e.dropped = {"z"}; }), {"no column 'z'"}));
  EXPECT_TRUE(fails_with(with([](E& e) { e.columns = {"z"}; }), {"no column 'z'"}));
  EXPECT_TRUE(fails_with(with([](E& e) { e.instance_name_column = "z"; }), {"no column 'z'"}));
  EXPECT_TRUE(fails_with(with([](E& e) { e.dropped = {"y"}; }), {"'y' is the label"}));
  EXPECT_TRUE(fails_with(with([](E& e) { e.dropped = {"sex"}; }), {"'sex' is a protected attribute"}));
  EXPECT_TRUE(fails_with(with([](E& e) { e.protected_columns[0].column = "y"; }), {"'y' cannot be both"}));
  EXPECT_TRUE(fails_with(with([](E& e) { e.protected_columns.clear(); }), {"at least one protected attribute"}));
  EXPECT_TRUE(fails_with(with([](E& e) { e.protected_columns[0].privileged = {"x"}; }),
                         {"'sex'", "no row is privileged", "sex = x", "f, m"}));
  EXPECT_TRUE(fails_with(with([](E& e) {
                           e.protected_columns[0].privileged = {"f", "m"};
                         }),
                         {"'sex'", "every row is privileged"}));
  EXPECT_TRUE(fails_with(with([](E& e) { e.label.favorable.name = "2", e.label.unfavorable.name = ""; }),
                         {"label 'y'", "no row", "'2'", "0, 1"}));
  EXPECT_TRUE(fails_with(with([](E& e) { e.row_filter = [](const Table&, std::size_t) { return false; }; }),
                         {"no row is left of 2", "2 were filtered"}));
  EXPECT_TRUE(fails_with([] { encode_text(small, small_encoding(), "race"); }, {"attribute 'race'", "sex"}));
}

TEST(Encoding, TooManyCategoriesAreRefusedBeforeTheyTakeMemory) {
  std::string text = "job,sex,y\n";
  for (int i = 0; i < 20000; ++i) text += std::to_string(i) + (i % 2 == 0 ? ",m,1\n" : ",f,0\n");
  EXPECT_TRUE(fails_with([&] { encode_text(text, small_encoding()); }, {"20000 rows of 20001 features", "job="}));
}

TEST(Encoding, TheFavourableLabelCanBeSwapped) {
  const LabelColumn label = small_encoding().label;
  const LabelColumn swapped = with_favorable(label, "0");
  EXPECT_EQ(swapped.favorable.name, "0");
  EXPECT_EQ(swapped.unfavorable.name, "1");
  EXPECT_EQ(swapped.favorable.meaning, "bad");
  EXPECT_EQ(with_favorable(label, "1").favorable.name, "1");
  EXPECT_TRUE(fails_with([&] { with_favorable(label, "yes"); }, {"'y'", "'yes'", "1 and 0"}));
}

TEST(Show, KeepsMessagesShortAndOnOneLine) {
  EXPECT_EQ(show("a\nb\tc"), "a?b?c");
  EXPECT_EQ(show(std::string(61, 'x')), std::string(60, 'x') + "...");
  EXPECT_EQ(show(std::string(59, 'x') + "\xC3\xA4"), std::string(59, 'x') + "...");
  EXPECT_EQ(show_list(Strings{"a", "b", "c"}, 2), "a, b, ...");
  EXPECT_EQ(show_list(Strings{"a", "b"}, 2), "a, b");
}

TEST(CsvDataset, InfersWhatIsCategorical) {
  const testing::TemporaryFolder folder;
  write_file(folder / "loans.csv",
             "id;age;job;sex;grade\n7;31;b;1;A\n8;?;a;2;B\n9;42;;2;C\n10;50;c;2;A\n11;20;c;1;C\n");
  CsvDatasetOptions options;
  options.csv.separator = ';';
  options.label = "grade";
  options.favorable = "A";
  options.protected_columns = {{"sex", {"1"}}};
  options.dropped = {"id"};
  options.missing = {"?"};
  const Dataset data = load_csv_dataset(folder / "loans.csv", options);
  EXPECT_EQ(data.name, "loans");
  EXPECT_EQ(data.feature_names, (Strings{"age", "sex", "job=b", "job=c"}));
  EXPECT_EQ(data.features.to_vector(), (std::vector<double>{31, 1, 1, 0, 50, 0, 0, 1, 20, 1, 0, 1}));
  EXPECT_EQ(data.labels, (std::vector<std::uint8_t>{1, 1, 0})) << "every grade but A is unfavourable";
  EXPECT_EQ(data.counts.incomplete, 2);
  EXPECT_EQ(data.sources.at(0).sha256, data.checksum);

  options.categorical = {"age"};
  EXPECT_EQ(load_csv_dataset(folder / "loans.csv", options).feature_names,
            (Strings{"sex", "age=20", "age=31", "age=50", "job=b", "job=c"}));
  options.protected_columns[0].privileged.clear();
  EXPECT_TRUE(fails_with([&] { load_csv_dataset(folder / "loans.csv", options); }, {"loans.csv", "privileged"}));
}

}  // namespace
}  // namespace posthoc::data
