// The named data sets against numbers from AIF360, pandas, NumPy and scikit-learn; see the reference folder's README,
// sections 1 to 5. Skipped where the reference numbers or the data files are absent.

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "data/checksum.h"
#include "data/csv.h"
#include "data/named.h"
#include "data/prepared.h"
#include "data/split.h"
#include "support/close.h"
#include "support/data_files.h"

namespace posthoc::data {
namespace {

using nlohmann::json;
using Strings = std::vector<std::string>;
using Doubles = std::vector<double>;
using testing::all_close;
using testing::close;
using testing::data_files_found;

const std::filesystem::path reference = "../shared/reference";

// A data set of the reference: the name it has here and its protected attributes.
struct Case {
  std::string golden;
  std::string name;
  Strings attributes;
  RowCounts counts;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.golden; }

Dataset load_chosen(const std::string& name, const std::string& attribute) {
  LoadOptions options;
  options.protected_attribute = attribute;
  return load(name, options);
}

::testing::AssertionResult near(const Doubles& actual, const Doubles& expected) {
  return all_close(std::span<const double>(actual), std::span<const double>(expected), 1e-9, 1e-9);
}

std::string joined_hash(const Strings& lines) { return sha256(fmt::format("{}", fmt::join(lines, "\n"))); }

class Reference : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    std::ifstream file(reference / "datasets.json");
    if (!file.is_open()) GTEST_SKIP() << "no reference numbers at " << reference;
    if (!data_files_found(GetParam().name)) GTEST_SKIP() << "no data files of " << GetParam().name;
    golden_ = json::parse(file).at("datasets").at(GetParam().golden);
    dataset_ = load_chosen(GetParam().name, GetParam().attributes[0]);
  }

  // The raw label: 1 for the unfavourable label where the favourable one is 0.
  [[nodiscard]] int raw_label(std::int64_t row) const {
    const int label = dataset_.labels[static_cast<std::size_t>(row)];
    return golden_.at("favorable_label") == 1.0 ? label : 1 - label;
  }

  void expect_rates(const json& expected, const std::vector<std::int64_t>& rows) const {
    const auto n = static_cast<double>(rows.size());
    double favorable = 0;
    double raw = 0;
    for (const std::int64_t row : rows) {
      favorable += dataset_.labels[static_cast<std::size_t>(row)];
      raw += raw_label(row);
    }
    EXPECT_EQ(favorable / n, expected.at("favorable_rate").get<double>());
    EXPECT_TRUE(close(raw / n, expected.at("label_mean"), 1e-15));
    ASSERT_EQ(expected.at("protected").size(), GetParam().attributes.size());
    for (std::size_t k = 0; k < GetParam().attributes.size(); ++k) {
      const std::string golden_name = golden_.at("protected_attribute_names")[k];
      for (const auto& [group, group_name] : {std::pair{0, "unprivileged"}, std::pair{1, "privileged"}}) {
        const json& part = expected.at("protected").at(golden_name).at(group_name);
        double count = 0;
        double positive = 0;
        for (const std::int64_t row : rows) {
          if (groups(k)[static_cast<std::size_t>(row)] != group) continue;
          ++count;
          positive += dataset_.labels[static_cast<std::size_t>(row)];
        }
        EXPECT_EQ(count, part.at("n").get<double>());
        EXPECT_EQ(positive / count, part.at("favorable_rate").get<double>());
      }
    }
  }

  [[nodiscard]] const std::vector<std::int32_t>& groups(std::size_t attribute) const {
    return dataset_.attribute(GetParam().attributes[attribute]).groups;
  }

  void expect_part(const json& expected, const std::vector<std::int64_t>& rows) const {
    EXPECT_EQ(rows.size(), expected.at("n").get<std::size_t>());
    Strings names;
    Strings lines;
    for (const std::int64_t row : rows) {
      names.push_back(dataset_.instance_names[static_cast<std::size_t>(row)]);
      lines.push_back(fmt::format("{},{}", names.back(), raw_label(row)));
      for (std::size_t k = 0; k < GetParam().attributes.size(); ++k) {
        lines.back() += fmt::format(",{}", groups(k)[static_cast<std::size_t>(row)]);
      }
    }
    EXPECT_EQ(Strings(names.begin(), names.begin() + 20), expected.at("first_20_instance_names").get<Strings>());
    EXPECT_EQ(joined_hash(names), expected.at("instance_names_sha256").get<std::string>());
    EXPECT_EQ(joined_hash(lines), expected.at("name_label_protected_sha256").get<std::string>());
    expect_rates(expected, rows);
  }

  json golden_;
  Dataset dataset_;
};

Doubles row_of(const Tensor& matrix, std::int64_t row) { return matrix.rows(row, row + 1).to_vector(); }

Doubles column_sums(const Tensor& matrix, int power) {
  const auto d = static_cast<std::size_t>(matrix.size(1));
  Doubles sums(d, 0.0);
  const auto values = matrix.values<double>();
  for (std::size_t i = 0; i < values.size(); ++i) sums[i % d] += power == 2 ? values[i] * values[i] : values[i];
  return sums;
}

TEST_P(Reference, RowsFeaturesAndRates) {
  EXPECT_EQ(dataset_.rows(), golden_.at("rows_after_na_removal").get<std::int64_t>());
  EXPECT_EQ(dataset_.counts.read, GetParam().counts.read);
  EXPECT_EQ(dataset_.counts.filtered, GetParam().counts.filtered);
  EXPECT_EQ(dataset_.counts.incomplete, GetParam().counts.incomplete);
  EXPECT_EQ(dataset_.counts.kept, GetParam().counts.kept);
  EXPECT_EQ(dataset_.features.shape(), (Shape{dataset_.rows(), golden_.at("num_features").get<std::int64_t>()}));
  EXPECT_EQ(dataset_.feature_names, golden_.at("feature_names").get<Strings>());
  EXPECT_EQ(dataset_.label_name, golden_.at("label_name").get<std::string>());
  const auto first = dataset_.instance_names.begin();
  EXPECT_EQ(Strings(first, first + 10), golden_.at("first_10_instance_names").get<Strings>());
  EXPECT_EQ(joined_hash(dataset_.instance_names), golden_.at("instance_names_sha256").get<std::string>());
  EXPECT_TRUE(near(column_sums(dataset_.features, 1), golden_.at("feature_column_sums")));
  std::vector<std::int64_t> all(dataset_.labels.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
  expect_rates(golden_.at("rates"), all);
}

TEST_P(Reference, IntegerValuedFeaturesAreExact) {
  const auto d = dataset_.feature_names.size();
  const auto values = dataset_.features.values<double>();
  std::set<std::string> fractional;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != std::floor(values[i])) fractional.insert(dataset_.feature_names[i % d]);
  }
  const auto expected = golden_.at("features_not_integer_valued").get<std::set<std::string>>();
  EXPECT_EQ(fractional, expected);
  const Doubles sums = column_sums(dataset_.features, 1);
  for (std::size_t j = 0; j < d; ++j) {
    if (!expected.contains(dataset_.feature_names[j])) {
      EXPECT_EQ(sums[j], golden_.at("feature_column_sums")[j].get<double>()) << dataset_.feature_names[j];
    }
  }
}

TEST_P(Reference, Splits) {
  const Split split = split_rows(dataset_.rows(), golden_.at("split_seed").get<std::uint32_t>());
  expect_part(golden_.at("splits").at("train"), split.train);
  expect_part(golden_.at("splits").at("valid"), split.valid);
  expect_part(golden_.at("splits").at("test"), split.test);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(row_of(dataset_.features, split.train[i]), golden_.at("first_3_train_rows_features")[i].get<Doubles>());
  }
}

TEST_P(Reference, Standardisation) {
  const Split split = split_rows(dataset_.rows(), golden_.at("split_seed").get<std::uint32_t>());
  const Scaler scaler = Scaler::fit(dataset_.features, split.train);
  EXPECT_TRUE(near(scaler.mean(), golden_.at("scaler").at("mean_")));
  EXPECT_TRUE(near(scaler.scale(), golden_.at("scaler").at("scale_")));
  const Tensor valid = scaler.transform(dataset_.features, split.valid, Dtype::float64);
  const Tensor test = scaler.transform(dataset_.features, split.test, Dtype::float64);
  EXPECT_TRUE(near(column_sums(valid, 1), golden_.at("scaled_valid_column_sums")));
  EXPECT_TRUE(near(column_sums(valid, 2), golden_.at("scaled_valid_column_sums_of_squares")));
  EXPECT_TRUE(near(column_sums(test, 1), golden_.at("scaled_test_column_sums")));
  EXPECT_TRUE(near(row_of(valid, 0), golden_.at("first_2_scaled_valid_rows")[0]));
  EXPECT_TRUE(near(row_of(valid, 1), golden_.at("first_2_scaled_valid_rows")[1]));

  Strings constant;
  const Tensor train = scaler.transform(dataset_.features, split.train, Dtype::float64);
  const Doubles squares = column_sums(train, 2);
  for (std::size_t j = 0; j < squares.size(); ++j) {
    if (squares[j] == 0.0) {
      constant.push_back(dataset_.feature_names[j]);
      EXPECT_EQ(scaler.scale()[j], 1.0);
    }
  }
  EXPECT_EQ(constant, golden_.at("scaler").at("constant_in_train").get<Strings>());
}

TEST_P(Reference, PreparedPartsAreTheStandardisedSplitInFloat32) {
  const Prepared prepared = prepare(dataset_);
  const Split split = split_rows(dataset_.rows(), default_split_seed);
  EXPECT_EQ(prepared.train.rows, split.train);
  EXPECT_EQ(prepared.test.rows, split.test);
  const auto expected = golden_.at("first_2_scaled_valid_rows")[0].get<Doubles>();
  const Doubles actual = row_of(prepared.valid.features, 0);
  EXPECT_TRUE(all_close(std::span<const double>(actual), std::span<const double>(expected), 6e-8, 1e-12));
}

INSTANTIATE_TEST_SUITE_P(Data, Reference,
                         ::testing::Values(Case{"adult", "adult", {"race", "sex"}, {48842, 0, 3620, 45222}},
                                           Case{"bank", "bank", {"age_25_60"}, {41188, 0, 10700, 30488}},
                                           Case{"bank_legacy", "bank", {"age"}, {41188, 0, 10700, 30488}},
                                           Case{"compas", "compas", {"sex", "race"}, {7214, 1042, 5, 6167}}),
                         [](const auto& test) { return test.param.golden; });

// Labels and groups of the frozen score files, which were written row by row by the original pipeline.
struct ScoreTask {
  std::string task;
  std::string name;
  std::string attribute;
  std::optional<std::string> favorable;
};

class ReferenceScores : public ::testing::TestWithParam<ScoreTask> {};

TEST_P(ReferenceScores, LabelsAndGroupsOfPreparedParts) {
  const ScoreTask& task = GetParam();
  if (!std::filesystem::exists(reference / "datasets.json")) GTEST_SKIP() << "no reference numbers at " << reference;
  if (!data_files_found(task.name)) GTEST_SKIP() << "no data files of " << task.name;
  LoadOptions options;
  options.protected_attribute = task.attribute;
  options.favorable = task.favorable;
  const Prepared prepared = prepare(load(task.name, options));
  for (const auto& [part, part_name] : {std::pair{&prepared.valid, "valid"}, std::pair{&prepared.test, "test"}}) {
    const Table scores = read_csv(reference / fmt::format("scores_{}_{}.csv", task.task, part_name), {});
    ASSERT_EQ(static_cast<std::int64_t>(scores.rows()), part->size());
    const std::size_t label = scores.column("label");
    const std::size_t group = scores.column("group");
    for (std::size_t i = 0; i < scores.rows(); ++i) {
      ASSERT_EQ(scores.field(i, label), std::to_string(part->labels[i])) << "row " << i;
      ASSERT_EQ(scores.field(i, group), std::to_string(part->groups[i])) << "row " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Data, ReferenceScores,
                         ::testing::Values(ScoreTask{"adult_sex", "adult", "sex", std::nullopt},
                                           ScoreTask{"bank_age", "bank", "age_25_60", std::nullopt},
                                           ScoreTask{"bank_age_legacy", "bank", "age", std::nullopt},
                                           ScoreTask{"compas_race", "compas", "race", std::nullopt},
                                           ScoreTask{"compas_sex", "compas", "sex", std::nullopt},
                                           ScoreTask{"compas_race_raw", "compas", "race", "1"}),
                         [](const auto& test) { return test.param.task; });

}  // namespace
}  // namespace posthoc::data
