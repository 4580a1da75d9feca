#include <cmath>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/program.h"
#include "data/scores.h"
#include "fairness/bootstrap.h"
#include "support/close.h"

namespace posthoc::testing {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

const std::string example = "tests/golden/scores.csv";

Arguments audit_of(const std::string& file) { return {"audit", "--scores", file, "--resamples", "200"}; }

std::string scores_file(const TemporaryFolder& folder, const std::string& rows) {
  write_file(folder / "s.csv", "label,group,score\n" + rows);
  return (folder / "s.csv").string();
}

// A number of a reference file; NaN and infinities stand there as text, and what is NaN is null here.
::testing::AssertionResult same(const Json& actual, const Json& expected) {
  if (expected == "NaN") return ::testing::AssertionResult(actual.is_null()) << "expected null, got " << actual;
  if (!expected.is_number()) return ::testing::AssertionResult(actual == expected) << actual << " != " << expected;
  if (!actual.is_number()) return ::testing::AssertionFailure() << "expected a number, got " << actual;
  return close(actual.get<double>(), expected.get<double>(), 1e-12, 1e-12);
}

// A scores file whose label 1 and scores mean the unfavourable outcome, turned the right way round.
std::string turned(const fs::path& file, const TemporaryFolder& folder) {
  const data::Scores raw = data::read_scores(file);
  std::string text;
  for (std::size_t i = 0; i < raw.scores.size(); ++i) {
    text += fmt::format("{},{},{}\n", 1 - raw.labels[i], raw.groups[i], 1 - raw.scores[i]);
  }
  return scores_file(folder, text);
}

// `of_scores`: whether the reference's measures of the scores themselves are of these scores too.
void expect_reference_values(const std::string& file, const Json& reference, bool of_scores) {
  const Json json = json_of({"audit", "--scores", file, "--resamples", "0"});
  ASSERT_TRUE(json.is_object()) << file;
  int compared = 0;
  for (const auto& [key, expected] : reference.items()) {
    if (expected.is_object()) continue;
    const Json& block = json["bias"].contains(key) ? json["bias"] : json["performance"];
    ASSERT_TRUE(block.contains(key)) << file << ": no " << key;
    EXPECT_TRUE(same(block[key], expected)) << file << ": " << key;
    ++compared;
  }
  EXPECT_GE(compared, 18) << file;
  const std::vector<std::pair<std::string, Json>> parts = {{"all", json["all"]},
                                                           {"unprivileged", json["groups"][0]["statistics"]},
                                                           {"privileged", json["groups"][1]["statistics"]}};
  for (const auto& [part, statistics] : parts) {
    for (const auto& [key, expected] : reference[part].items()) {
      if (!of_scores && key.starts_with("G")) continue;
      ASSERT_TRUE(statistics.contains(key)) << file << ": no " << key << " of " << part;
      EXPECT_TRUE(same(statistics[key], expected)) << file << ": " << key << " of " << part;
    }
  }
}

TEST(Audit, EveryNumberOfAif360IsThereAndTheSame) {
  const fs::path folder = "../shared/reference";
  if (!fs::exists(folder / "aif360_postprocessing.json")) GTEST_SKIP() << "no aif360_postprocessing.json in " << folder;
  const Json reference = Json::parse(read_file(folder / "aif360_postprocessing.json"));
  int files = 0;
  for (const auto& [task, entry] : reference["tasks"].items()) {
    for (const auto& [split, expected] : entry["threshold_metrics_at_0.5"].items()) {
      const TemporaryFolder scratch;
      const fs::path file = folder / entry["score_files"][split].get<std::string>();
      const bool favorable = entry["csv_label_1_means"] == "favorable";
      expect_reference_values(favorable ? file.string() : turned(file, scratch), expected, favorable);
      ++files;
    }
  }
  EXPECT_GE(files, 12);
}

// 3 of 5 unprivileged and 4 of 5 privileged rows are selected, by hand; one score is exactly the threshold.
TEST(Audit, TheJsonHasTheAgreedKeysAndValues) {
  const TemporaryFolder folder;
  const std::string file = scores_file(folder,
                                       "1,0,0.9\n1,0,0.5\n0,0,0.7\n1,0,0.2\n0,0,0.1\n"
                                       "1,1,0.8\n1,1,0.6\n1,1,0.7\n0,1,0.5\n0,1,0.4999\n");
  const Json json = json_of(audit_of(file) + Arguments{"--group-names", "women,men"});
  for (const char* key : {"version", "command", "seed", "data", "n", "threshold", "groups", "performance", "bias",
                          "undefined", "degenerate", "intervals"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  EXPECT_EQ(json["n"], 10);
  EXPECT_EQ(json["threshold"], 0.5);
  EXPECT_EQ(json["decision"], "score >= threshold");
  EXPECT_EQ(json["data"]["sha256"].get<std::string>().size(), 64U);
  EXPECT_EQ(json["degenerate"], false);
  const Json& women = json["groups"][0];
  EXPECT_EQ(women["name"], "women");
  EXPECT_EQ(women["n"], 5);
  EXPECT_EQ(women["tp"], 2);
  EXPECT_EQ(women["fp"], 1);
  EXPECT_EQ(women["tn"], 1);
  EXPECT_EQ(women["fn"], 1);
  EXPECT_TRUE(close(json["bias"]["statistical_parity_difference"], 3.0 / 5 - 4.0 / 5, 1e-15));
  EXPECT_TRUE(close(json["bias"]["equal_opportunity_difference"], 2.0 / 3 - 1, 1e-15));
  EXPECT_TRUE(close(json["bias"]["disparate_impact"], 0.75, 1e-15));
  EXPECT_TRUE(close(json["performance"]["accuracy"], 0.7, 1e-15));
  for (const char* name : {"statistical_parity_difference", "accuracy", "theil_index", "auc"}) {
    const Json& interval = json["intervals"][name];
    ASSERT_EQ(interval.size(), 2U) << name;
    EXPECT_LT(interval[0].get<double>(), interval[1].get<double>()) << name;
  }
  const Json higher = json_of(audit_of(file) + Arguments{"--threshold", "0.65"});
  EXPECT_EQ(higher["groups"][1]["tp"], 2);
  EXPECT_EQ(higher["threshold"], 0.65);
}

TEST(Audit, EveryMeasureThatHasAValueHasAnIntervalOrAReason) {
  const TemporaryFolder folder;
  const std::string one_sided = scores_file(folder, "1,0,0.9\n1,0,0.1\n1,0,0.6\n1,1,0.8\n0,1,0.6\n0,1,0.2\n");
  for (const std::string& file : {example, one_sided}) {
    for (const char* method : {"percentile", "bca"}) {
      const Json json = json_of(audit_of(file) + Arguments{"--interval", method});
      for (const char* block : {"bias", "performance"}) {
        for (const auto& [name, value] : json[block].items()) {
          if (json["undefined"].contains(name)) {
            EXPECT_TRUE(value.is_null()) << name;
            EXPECT_FALSE(json["intervals"].contains(name)) << name;
          } else if (json["intervals"].contains(name)) {
            EXPECT_FALSE(value.is_null()) << name;
          }
        }
      }
      EXPECT_EQ(json["interval"]["method"], method);
      EXPECT_FALSE(json["intervals"].empty());
    }
  }
  const Json json = json_of(audit_of(one_sided));
  EXPECT_TRUE(json["undefined"]["false_positive_rate_difference"].get<std::string>().find("group 0 has no negative") !=
              std::string::npos);
}

TEST(Audit, TheTableNamesGroupsMeasuresAndHowSureTheyAre) {
  const Ran ran = run_program(audit_of(example) + Arguments{"--group-names", "women,men", "--level", "0.9"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  for (const char* part : {"score >= 0.5", "AIF360", "0 women", "1 men", "statistical_parity_difference",
                           "90 % interval", "percentile bootstrap, 200 resamples", "accuracy", "theil_index"}) {
    EXPECT_NE(ran.out.find(part), std::string::npos) << part << " is missing in\n" << ran.out;
  }
  EXPECT_EQ(ran.err, "");
  EXPECT_LT(ran.out.find("base rate"), ran.out.find("statistical_parity_difference"));
}

TEST(Audit, MoreGroupsNameTheMostUnfairPair) {
  const TemporaryFolder folder;
  // Selection rates 1/2, 1 and 0.
  const std::string file = scores_file(folder, "1,0,0.9\n0,0,0.1\n1,1,0.8\n0,1,0.7\n1,2,0.3\n0,2,0.2\n");
  const Ran ran = run_program(audit_of(file) + Arguments{"--group-names", "a,b,c"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("most unfair pair"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("1 b / 2 c"), std::string::npos) << ran.out;
  const Json json = json_of(audit_of(file));
  EXPECT_EQ(json["bias"]["statistical_parity_difference"], 1.0);
  EXPECT_EQ(json["worst_pairs"]["statistical_parity_difference"], Json({1, 2}));
}

TEST(Audit, DegenerateDecisionsAndSmallGroupsAreSaid) {
  const TemporaryFolder folder;
  const std::string file = scores_file(folder, "1,0,0.9\n0,0,0.8\n1,3,0.8\n0,3,0.7\n");
  const Ran ran = run_program(audit_of(file));
  EXPECT_EQ(ran.code, 0) << ran.err;
  for (const char* part : {"degenerate: ", "warning: no rows in group 1 privileged, 2", "warning: group 3 is small",
                           "undefined: statistical_parity_difference: group 1 has no rows"}) {
    EXPECT_NE(ran.out.find(part), std::string::npos) << part << " is missing in\n" << ran.out;
  }
  const Json json = json_of(audit_of(file) + Arguments{"--min-group", "0"});
  EXPECT_EQ(json["degenerate"], true);
  EXPECT_FALSE(json["degenerate_reason"].get<std::string>().empty());
  EXPECT_EQ(json["warnings"].size(), 1U);  // the empty groups
}

TEST(Audit, StandardOutputCarriesTheJsonAlone) {
  const Ran ran = run_program(audit_of(example) + Arguments{"--json", "-"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(Json::parse(ran.out)["n"], json_of(audit_of(example))["n"]);
  EXPECT_NE(ran.err.find("statistical_parity_difference"), std::string::npos);  // the table
  EXPECT_TRUE(succeeds_quietly(audit_of(example)));
  const Ran quiet = run_program(audit_of(example) + Arguments{"--json", "-", "--quiet"});
  EXPECT_EQ(quiet.out, ran.out);
  EXPECT_EQ(quiet.err, "");
}

TEST(Audit, ThreadsChangeNoByteAndTheSeedDoes) {
  const auto bytes = [](const Arguments& more) {
    return run_program(audit_of(example) + Arguments{"--json", "-", "--quiet"} + more).out;
  };
  EXPECT_EQ(bytes({"--threads", "1"}), bytes({"--threads", "2"}));
  EXPECT_NE(Json::parse(bytes({"--seed", "1"}))["intervals"], Json::parse(bytes({"--seed", "2"}))["intervals"]);
}

TEST(Audit, BadFilesAreRefused) {
  const TemporaryFolder folder;
  const auto refused = [&](const std::string& text, std::string_view part) {
    write_file(folder / "s.csv", text);
    return refuses(audit_of((folder / "s.csv").string()), 1, part, folder);
  };
  EXPECT_TRUE(refused("", "empty"));
  EXPECT_TRUE(refused("label,group,score\n", "only a header"));
  EXPECT_TRUE(refused("label,score\n1,0.5\n", "'group'"));
  EXPECT_TRUE(refused("label;group;score\n1;0;0.5\n", "s.csv"));
  EXPECT_TRUE(refused("label,group,score\n1,0,0.5\n1,0,nan\n", "line 3, column 'score'"));
  EXPECT_TRUE(refused("label,group,score\n2,0,0.5\n", "line 2, column 'label'"));
  EXPECT_TRUE(refused("label,group,score\n1,1000,0.5\n", "line 2, column 'group'"));
  EXPECT_TRUE(refused("label,group,score\n1,0\n", "line 2"));
  EXPECT_TRUE(refuses(audit_of((folder / "none.csv").string()), 1, "none.csv", folder));
  EXPECT_TRUE(refuses(audit_of(folder.path().string()), 1, "regular file", folder));
}

TEST(Audit, BadOptionsAreRefused) {
  const TemporaryFolder folder;
  EXPECT_TRUE(refuses({"audit"}, 2, "--scores", folder));
  const auto refused = [&](const Arguments& more, int code, std::string_view part) {
    return refuses(Arguments{"audit", "--scores", example} + more, code, part, folder);
  };
  EXPECT_TRUE(refused({"--threshold", "1.5"}, 2, "--threshold"));
  EXPECT_TRUE(refused({"--threshold", "half"}, 2, "--threshold"));
  EXPECT_TRUE(refused({"--threshold", "nan"}, 1, "--threshold"));
  EXPECT_TRUE(refused({"--interval", "normal"}, 2, "--interval"));
  EXPECT_TRUE(refused({"--strata", "label"}, 2, "--strata"));
  EXPECT_TRUE(refused({"--level", "1"}, 1, "level"));
  EXPECT_TRUE(refused({"--resamples", "-1"}, 2, "--resamples"));
  EXPECT_TRUE(refused({"--resamples", "3"}, 1, "resamples"));
  EXPECT_TRUE(refused({"--seed", "-1"}, 2, "--seed"));
  EXPECT_TRUE(refused({"--group-names", "women"}, 1, "--group-names"));
  EXPECT_TRUE(refused({"--json", (folder / "no/x.json").string()}, 1, "x.json"));
}

TEST(Audit, TheStrataAreTheLibrarys) {
  const data::Scores scores = data::read_scores(example);
  const fairness::Outcomes outcomes{scores.scores, scores.labels, scores.groups};
  std::set<double> lows;
  const std::vector<std::pair<std::string, fairness::Strata>> all = {
      {"group", fairness::Strata::group},
      {"group-and-label", fairness::Strata::group_and_label},
      {"none", fairness::Strata::none}};
  for (const auto& [name, strata] : all) {
    const Json json = json_of(audit_of(example) + Arguments{"--strata", name, "--interval", "bca", "--level", "0.9"});
    const Json made = {{"method", "bca"}, {"level", 0.9}, {"resamples", 200}, {"strata", name}};
    EXPECT_EQ(json["interval"], made);
    const double below = std::nextafter(0.5, 0.0);
    for (const fairness::MeasureInterval& expected : fairness::bootstrap(
             outcomes, below,
             {.resamples = 200, .level = 0.9, .method = fairness::IntervalMethod::bca, .strata = strata})) {
      if (!expected.interval.defined()) continue;
      const Json& interval = json["intervals"][std::string(expected.measure->long_name)];
      EXPECT_EQ(interval[0], expected.interval.low) << name << ": " << expected.measure->name;
      EXPECT_EQ(interval[1], expected.interval.high) << name << ": " << expected.measure->name;
    }
    lows.insert(json["intervals"]["statistical_parity_difference"][0].get<double>());
  }
  EXPECT_EQ(lows.size(), 3U);
  EXPECT_EQ(json_of(audit_of(example))["interval"]["strata"], "group");
  EXPECT_NE(run_program(audit_of(example) + Arguments{"--strata", "none"}).out.find("all rows together"),
            std::string::npos);
}

TEST(Audit, NoResamplesNoIntervals) {
  const Json json = json_of({"audit", "--scores", example, "--resamples", "0"});
  EXPECT_EQ(json["intervals"], Json::object());
  EXPECT_FALSE(json["bias"].empty());
}

}  // namespace
}  // namespace posthoc::testing
