// The units of a study that are no cells: other classifiers, and the sensitivity of networks to their weights.

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>

#include "study/classifier.h"
#include "study/runner.h"
#include "study/sensitivity.h"
#include "study/study_file.h"
#include "support/temporary_folder.h"

namespace posthoc::study {
namespace {

using testing::TemporaryFolder;

Study small_study() {
  return parse_study(R"(
name = "further"
measures = ["spd"]
seeds = [0, 1]
max_epochs = 2
patience = 2
[[tasks]]
name = "toy"
data = "synthetic"
protected = "group"
[[methods]]
name = "default"
[[architectures]]
depth = 1
width = 4
[classifiers]
[sensitivity]
trials = 20
held_out = 10
gradients = 4
)",
                     "further");
}

std::vector<std::string> without_seconds(const std::vector<Record>& records) {
  std::vector<std::string> lines;
  for (const Record& record : records) lines.push_back(record.id() + record.result);
  return lines;
}

TEST(FurtherUnits, ARunClassifiesAndMeasuresSensitivity) {
  const TemporaryFolder folder;
  const Study study = small_study();
  // Two networks, a cell each, a logistic regression, two forests, two networks' sensitivity and both together.
  EXPECT_EQ(run_study(study, folder / "a", {}).units, 2U + 2U + 3U + 2U + 1U);
  const StoreContents contents = read_store(folder / "a");
  EXPECT_TRUE(contents.complete);
  ASSERT_EQ(contents.of_kind("classifier").size(), 3U);
  for (const Record& record : contents.of_kind("classifier")) EXPECT_GT(parse_classifier(record).test.auc, 0.8);
  ASSERT_EQ(contents.of_kind("sensitivity").size(), 2U);
  for (const Record& record : contents.of_kind("sensitivity")) {
    const SensitivityResult result = parse_sensitivity(record);
    EXPECT_EQ(result.key.features, contents.networks.front().key.features);
    EXPECT_EQ(result.key.options.trials, 20);
    EXPECT_TRUE(std::filesystem::exists(folder / "a" / "models" / result.file));
  }
  ASSERT_EQ(contents.of_kind("sensitivity_stack").size(), 1U);
  const SensitivityStack stack = parse_sensitivity_stack(contents.of_kind("sensitivity_stack").front());
  EXPECT_EQ(stack.seeds, study.sensitivity.seeds);
  ASSERT_FALSE(stack.rows.empty());
  EXPECT_EQ(stack.rows.front().singular_values.size(), 2U);
}

// What a record stands beside is made again when it is gone, and the result is the same.
TEST(FurtherUnits, AMissingFileOfDirectionsIsMadeAgain) {
  const TemporaryFolder folder;
  const Study study = small_study();
  run_study(study, folder / "a", {});
  const StoreContents before = read_store(folder / "a");
  EXPECT_EQ(run_study(study, folder / "a", {}).done_now, 0U);
  const std::string file = parse_sensitivity(before.of_kind("sensitivity").front()).file;
  std::filesystem::remove(folder / "a" / "models" / file);
  EXPECT_EQ(run_study(study, folder / "a", {}).done_now, 1U);
  EXPECT_TRUE(std::filesystem::exists(folder / "a" / "models" / file));
  EXPECT_EQ(without_seconds(read_store(folder / "a").others), without_seconds(before.others));
}

}  // namespace
}  // namespace posthoc::study
