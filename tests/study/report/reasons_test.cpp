#include "study/report/reasons.h"

#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "study/store.h"
#include "study/study_file.h"
#include "support/temporary_folder.h"

namespace posthoc::study {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kStudy = R"(
name = "few"
measures = ["spd"]
seeds = [0, 1, 2]
protocol = "published"

[[tasks]]
name = "race"
data = "compas"
protected = "race"

[[methods]]
name = "reject-option"

[[experiments]]
name = "main"

[[experiments]]
name = "more"
seeds = [3, 4, 5, 6]
)";

/// The published bar of COMPAS race, SPD, reject option.
const PublishedNumber& bar() {
  static const std::vector<PublishedNumber> numbers = published_numbers();
  return *std::find_if(numbers.begin(), numbers.end(), [](const PublishedNumber& number) {
    return number.quantity == "objective" && number.data == "compas" && number.protected_attribute == "race" &&
           number.measure == "spd" && number.method == "reject-option" && number.architecture == Architecture();
  });
}

class Reasons : public ::testing::Test {
 protected:
  // `units` published standard deviations above the published mean.
  void add(std::uint64_t seed, double units, const std::string& switch_off = "",
           const std::string& label = "reject-option") {
    CellResult cell;
    ProtocolKey protocol{switch_off.empty() ? "published" : "published-" + switch_off, {}};
    for (const ProtocolSwitch& one : protocol_switches()) {
      if (one.name != switch_off) protocol.switches.emplace_back(one.name);
    }
    cell.key = {"race", "compas", "race", {"spd", "accuracy", fairness::Objective::Kind::tradeoff, 0.75},
                label,  {},       seed,   protocol};
    cell.method = "reject-option";
    cell.test.counts.add(0, {.tp = 1, .fp = 1, .tn = 1, .fn = 1});
    cell.test.counts.add(1, {.tp = 1, .fp = 1, .tn = 1, .fn = 1});
    cell.test.objective = bar().value.mean + units * bar().value.std;
    cell.test.bias = 0.1;
    cell.valid = cell.test;
    text_ += to_line(to_record(cell));
  }

  void add_network(std::uint64_t seed, bool learned) {
    NetworkResult network;
    network.key = {"compas", "0123456789ab", {}, seed};
    network.learned = learned;
    network.best = {"b.safetensors", 20, {0.3, 0.85, 0.9}, {0.3, 0.85, 0.9}};
    network.last = network.best;
    text_ += to_line(to_record(network));
  }

  [[nodiscard]] Verdict verdict() {
    const std::filesystem::path store = folder_ / "store";
    { const Store empty(store, parse_study(kStudy, "few.toml")); }
    write_file(store / "cells.jsonl", text_);
    const Results results(std::vector{store});
    for (const Verdict& one : verdicts(results, kPublished)) {
      const PublishedNumber& number = one.number;
      if (number.place == bar().place && number.data == "compas" && number.protected_attribute == "race" &&
          number.measure == "spd" && number.method == "reject-option") {
        return one;
      }
    }
    throw std::logic_error("no verdict on the bar");
  }

  posthoc::testing::TemporaryFolder folder_;
  std::string text_;
};

TEST_F(Reasons, FurtherNetworksStandApartFromTheStudysOwn) {
  for (const std::uint64_t seed : {0, 1, 2}) add(seed, 5.0 + 0.1 * static_cast<double>(seed));
  for (const std::uint64_t seed : {3, 4, 5, 6}) add(seed, -3.75);
  const Verdict found = verdict();
  ASSERT_TRUE(found.ours.has_value());
  EXPECT_EQ(found.ours->n, 3u);
  EXPECT_NEAR(found.ours->mean, bar().value.mean + 5.1 * bar().value.std, 1e-12);
  EXPECT_EQ(found.mark, Mark::not_reproduced);
  // (3 * 5.1 - 4 * 3.75) / 7 standard deviations above the published mean, where one is nothing beside the spread.
  const double mean = bar().value.mean + (15.3 - 15.0) / 7 * bar().value.std;
  EXPECT_THAT(found.reason, AllOf(HasSubstr(fmt::format("with 4 further networks: mean {:.4f} of 7, ", mean)),
                                  HasSubstr("joint standard errors: reproduced"), Not(HasSubstr("learned nothing"))));
}

TEST_F(Reasons, NetworksThatLearnedNothingAreLeftOutOnTrial) {
  for (const std::uint64_t seed : {0, 1}) add(seed, 5.0 + 0.1 * static_cast<double>(seed));
  add(2, 20.0);
  for (const std::uint64_t seed : {0, 1, 2}) add_network(seed, seed != 2);
  const Verdict found = verdict();
  const double mean = bar().value.mean + 5.05 * bar().value.std;
  EXPECT_THAT(
      found.reason,
      AllOf(HasSubstr(fmt::format("1 of our 3 networks learned nothing; the others alone: mean {:.4f} of 2, ", mean)),
            Not(HasSubstr("further networks"))));
}

TEST_F(Reasons, ASwitchTurnedOffAloneIsNamedIfItMovesTheNumber) {
  for (const std::uint64_t seed : {0, 1, 2}) {
    const double spread = 0.1 * static_cast<double>(seed);
    add(seed, 5.0 + spread);
    add(seed, 0.0 + spread, "searches_on_grids");
    add(seed, 5.0 + spread, "empty_cell_is_zero");
  }
  const Verdict found = verdict();
  EXPECT_THAT(
      found.reason,
      AllOf(HasSubstr(fmt::format("each switch turned off alone, from {:.4f} under published: searches_on_grids "
                                  "to {:.4f} (reproduced)",
                                  bar().value.mean + 5.1 * bar().value.std, bar().value.mean + 0.1 * bar().value.std)),
            Not(HasSubstr("empty_cell_is_zero"))));
}

TEST_F(Reasons, OtherOptionsOfTheMethodAreTried) {
  for (const std::uint64_t seed : {0, 1, 2}) {
    const double spread = 0.1 * static_cast<double>(seed);
    add(seed, 5.0 + spread);
    add(seed, 0.0 + spread, "", "reject-option-wide");
  }
  EXPECT_THAT(verdict().reason, HasSubstr(fmt::format("with the options of reject-option-wide: mean {:.4f} of 3, ",
                                                      bar().value.mean + 0.1 * bar().value.std)));
}

}  // namespace
}  // namespace posthoc::study
