#include "study/report/published.h"

#include <gtest/gtest.h>
#include <map>

#include "base/file.h"
#include "study/report/published_data.h"
#include "support/json_file.h"

namespace posthoc::study {
namespace {

TEST(Published, TheProgramHasTheFilesWhole) {
  EXPECT_EQ(kPaperTables, read_file("study/published/paper_tables.json"));
  EXPECT_EQ(kPaperFigures, read_file("study/published/paper_figures.json"));
  EXPECT_EQ(kRerun, read_file("study/published/rerun.json"));
}

TEST(Published, EveryNumberIsThere) {
  std::map<std::string, int> places;
  for (const PublishedNumber& number : published_numbers()) {
    ++places[number.place.substr(0, number.place.find(','))];
    EXPECT_FALSE(number.data.empty()) << number.place;
    EXPECT_GT(number.rounding, 0.0);
    EXPECT_GE(number.value.std, 0.0);
  }
  // 12 plots' groups of 7 bars and 7 points of 2 numbers in 3 plots; 2 x 4 architectures of 6 bars; the earlier plot.
  EXPECT_EQ(places["Figure 1"], 12 * 7 + 3 * 7 * 2 + 2 * 4 * 6);
  EXPECT_EQ(places["an earlier version of Figure 1"], 4 * 6);
  EXPECT_EQ(places["Table 1"], 3 * 4);
  EXPECT_EQ(places["Table 2"], 6 * 4);
  EXPECT_EQ(places["Table 3"], 3 * 2 * 3);
}

TEST(Published, SomeNumbersAreThoseOfThePaper) {
  int found = 0;
  for (const PublishedNumber& number : published_numbers()) {
    if (number.place == "Figure 1, plots 1-3, aod" && number.data == "bank" && number.method == "reject-option") {
      EXPECT_NEAR(number.value.mean, 0.1021, 5e-5);
      EXPECT_NEAR(number.value.std, 0.0140, 5e-5);
      EXPECT_EQ(number.measure, "aod");
      ++found;
    }
    if (number.place == "Figure 1, plot 8, more layers" && number.method == "adversarial") {
      EXPECT_NEAR(number.value.mean, 0.0360, 5e-5);
      EXPECT_EQ(number.architecture.depth, 20);
      EXPECT_EQ(number.data, "bank");
      ++found;
    }
    if (number.place == "Table 3" && number.task == "COMPAS" && number.method == "random forest" &&
        number.quantity == "auc") {
      EXPECT_EQ(number.value.mean, 0.695);
      ++found;
    }
    EXPECT_TRUE(number.method != "layerwise" || !number.incomparable.empty());
  }
  EXPECT_EQ(found, 3);
}

TEST(Published, TheRerunIsOfTheStepsThatAProtocolStandsFor) {
  const auto golden = posthoc::testing::read_json("study/published/rerun.json");
  const auto mean_of = [&](const char* weights, const char* method) {
    for (const auto& cell : golden.at("cells")) {
      if (cell.at("data") == "compas" && cell.at("protected") == "race" && cell.at("measure") == "spd" &&
          cell.at("weights") == weights && cell.at("method") == method) {
        return cell.at("objective").at("mean").get<double>();
      }
    }
    ADD_FAILURE() << "no " << method;
    return 0.0;
  };
  PublishedNumber number;
  number.data = "compas";
  number.protected_attribute = "race";
  number.quantity = "objective";
  number.measure = "spd";
  number.method = "random";
  EXPECT_EQ(rerun_of(number, true)->mean, mean_of("last", "random_published"));
  EXPECT_EQ(rerun_of(number, false)->mean, mean_of("best", "random_corrected"));
  number.method = "reject-option";
  EXPECT_EQ(rerun_of(number, false)->mean, mean_of("best", "reject_option_corrected"));
  number.method = "adversarial";
  EXPECT_EQ(rerun_of(number, false)->mean, mean_of("last", "adversarial_eval"));
  number.method = "layerwise";
  EXPECT_FALSE(rerun_of(number, true).has_value());
  number.method = "random";
  number.architecture.width = 64;
  EXPECT_FALSE(rerun_of(number, true).has_value());
}

}  // namespace
}  // namespace posthoc::study
