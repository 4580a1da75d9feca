#include <cmath>
#include <gtest/gtest.h>

#include "cli/program.h"
#include "data/csv.h"
#include "data/csv_write.h"
#include "data/scores.h"
#include "debias/decision_rule.h"
#include "support/close.h"

namespace posthoc::testing {
namespace {

using Json = nlohmann::json;

// Scores that say something of the label and more of the group, the same every time.
std::string scores_csv(std::uint32_t seed, int rows) {
  std::string text = "name,label,score,group\n";
  const auto uniform = [&] {
    seed = seed * 1664525U + 1013904223U;
    return static_cast<double>(seed >> 8U) / 16777216.0;
  };
  for (int row = 0; row < rows; ++row) {
    const int group = uniform() < 0.6 ? 1 : 0;
    const int label = uniform() < 0.35 + 0.25 * group ? 1 : 0;
    const double score = 0.15 + 0.3 * uniform() + 0.25 * label + 0.15 * group + 0.1 * uniform();
    text += "\"row, " + std::to_string(row) + "\"," + std::to_string(label) + "," + std::to_string(score) + "," +
            std::to_string(group) + "\n";
  }
  return text;
}

const std::vector<std::string> methods = {"threshold", "reject-option", "equalized-odds", "calibrated-equalized-odds"};

class Postprocess : public ::testing::Test {
 protected:
  void SetUp() override {
    write_file(folder_ / "valid.csv", scores_csv(1, 300));
    write_file(folder_ / "test.csv", scores_csv(2, 200));
  }

  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }

  [[nodiscard]] Arguments command(const std::string& method) const {
    return {"postprocess", "--method", method, "--fit", path("valid.csv"), "--apply", path("test.csv")};
  }

  // Fits and decides; the JSON without the seconds.
  [[nodiscard]] Json result(const std::string& method, const Arguments& more = {}) const {
    Json json = json_of(command(method) + Arguments{"-o", path("decisions.csv")} + more);
    EXPECT_EQ(json.erase("seconds"), 1U);
    return json;
  }

  TemporaryFolder folder_;
};

double number(const data::Table& table, std::size_t row, const char* column) {
  return std::stod(std::string(table.field(row, table.column(column))));
}

TEST_F(Postprocess, TheDecisionsFileHoldsTheAppliedOneAndWhatWasDecided) {
  for (const std::string& method : methods) {
    const Json json = result(method);
    const data::Table before = data::read_csv(path("test.csv"), {});
    const data::Table after = data::read_csv(path("decisions.csv"), {});
    ASSERT_EQ(after.names(),
              (std::vector<std::string>{"name", "label", "score", "group", "favourable_probability", "decision"}));
    ASSERT_EQ(after.rows(), before.rows());
    double selected = 0;
    double expected = 0;
    for (std::size_t row = 0; row < after.rows(); ++row) {
      for (std::size_t j = 0; j < before.columns(); ++j) EXPECT_EQ(after.field(row, j), before.field(row, j));
      const double probability = number(after, row, "favourable_probability");
      const double decision = number(after, row, "decision");
      EXPECT_TRUE((probability > 0.0 && probability < 1.0) || decision == probability);
      selected += decision;
      expected += probability;
    }
    // The test block is of these very decisions, the expected one of these probabilities.
    const auto selected_in = [](const Json& block) {
      double sum = 0;
      for (const Json& group : block["groups"]) sum += group["tp"].get<double>() + group["fp"].get<double>();
      return sum;
    };
    EXPECT_EQ(selected_in(json["test"]), selected) << method;
    EXPECT_TRUE(
        close(selected_in(json.contains("expected") ? json["expected"]["test"] : json["test"]), expected, 1e-12))
        << method;
  }
}

TEST_F(Postprocess, TheJsonSaysWhatWasFittedToWhat) {
  const Json json = result("threshold", {"--measure", "eod", "--lambda", "0.5"});
  EXPECT_EQ(json["method"], "threshold");
  EXPECT_EQ(json["measure"], "eod");
  EXPECT_EQ(json["lambda"], 0.5);
  EXPECT_EQ(json["rule"]["kind"], "threshold");
  EXPECT_EQ(json["fit"]["n"], 300);
  EXPECT_EQ(json["fit"]["file"], path("valid.csv"));
  EXPECT_EQ(json["fit"]["sha256"], data::read_scores(path("valid.csv")).checksum);
  EXPECT_EQ(json["apply"]["n"], 200);
  EXPECT_EQ(json["apply"]["sha256"], data::read_scores(path("test.csv")).checksum);
  EXPECT_FALSE(json.contains("expected"));
  EXPECT_TRUE(json["test"]["intervals"].contains("equal_opportunity_difference"));
  for (const char* baseline : {"majority", "default"}) {
    EXPECT_EQ(json["baselines"][baseline]["test"]["n"], 200) << baseline;
    EXPECT_LE(json["valid"]["objective"].get<double>(),
              json["baselines"][baseline]["valid"]["objective"].get<double>() + 1e-15)
        << baseline;
  }
  EXPECT_NEAR(json["valid"]["objective"].get<double>(),
              0.5 * std::abs(json["valid"]["bias"]["equal_opportunity_difference"].get<double>()) +
                  0.5 * (1 - json["valid"]["performance"]["accuracy"].get<double>()),
              1e-15);
}

TEST_F(Postprocess, NeedsNoLabelsToDecideAndNothingToDecideOn) {
  data::Table table = data::read_csv(path("test.csv"), {});
  std::string text = "score,group\n";
  for (std::size_t row = 0; row < table.rows(); ++row) {
    text += std::string(table.field(row, 2)) + "," + std::string(table.field(row, 3)) + "\n";
  }
  write_file(folder_ / "new.csv", text);
  for (const std::string& method : methods) {
    const Json labelled = result(method);
    const data::Table with_labels = data::read_csv(path("decisions.csv"), {});
    const Json json = json_of({"postprocess", "--method", method, "--fit", path("valid.csv"), "--apply",
                               path("new.csv"), "-o", path("unlabelled.csv")});
    EXPECT_FALSE(json.contains("test"));
    EXPECT_FALSE(json["baselines"]["default"].contains("test"));
    EXPECT_EQ(json["valid"], labelled["valid"]);
    const data::Table decided = data::read_csv(path("unlabelled.csv"), {});
    ASSERT_EQ(decided.rows(), table.rows());
    for (std::size_t row = 0; row < decided.rows(); ++row) {
      EXPECT_EQ(decided.field(row, 3), with_labels.field(row, 5));  // decisions, by row and seed alone
    }
    const Json alone = json_of({"postprocess", "--method", method, "--fit", path("valid.csv")});
    EXPECT_FALSE(alone.contains("apply"));
    EXPECT_EQ(alone["rule"], labelled["rule"]);
    EXPECT_EQ(alone["valid"], labelled["valid"]);
  }
}

TEST_F(Postprocess, APrefixKeepsTheNamesApart) {
  static_cast<void>(result("threshold"));
  std::filesystem::rename(folder_ / "decisions.csv", folder_ / "once.csv");
  const Arguments again = {"postprocess", "--method",       "threshold", "--fit",          path("valid.csv"),
                           "--apply",     path("once.csv"), "-o",        path("twice.csv")};
  EXPECT_TRUE(refuses(again, 1, "'favourable_probability' already; rename that one, or give --prefix", folder_));
  EXPECT_TRUE(succeeds_quietly(again + Arguments{"--prefix", "second_"}));
  const data::Table table = data::read_csv(path("twice.csv"), {});
  EXPECT_EQ(table.names().back(), "second_decision");
  EXPECT_EQ(table.columns(), 8U);
}

TEST_F(Postprocess, TheTableSaysWhatHappened) {
  const Ran ran = run_program(command("threshold") + Arguments{"-o", path("decisions.csv")});
  EXPECT_EQ(ran.code, 0);
  for (const char* part : {"300 rows to fit to", "200 rows to decide on", "majority", "default", "threshold",
                           "test: objective", "decisions: "}) {
    EXPECT_NE(ran.out.find(part), std::string::npos) << part << " is missing in\n" << ran.out;
  }
}

TEST_F(Postprocess, ClumsyUseIsAnsweredWithOneLine) {
  const Arguments output = {"-o", path("out.csv")};
  const auto fit = [&](const std::string& file, const Arguments& more = {}) {
    return Arguments{"postprocess", "--method", "threshold", "--fit", file} + more;
  };
  EXPECT_TRUE(refuses({"postprocess"}, 2, "--method", folder_));
  EXPECT_TRUE(refuses({"postprocess", "--method", "threshold"}, 2, "--fit", folder_));
  EXPECT_TRUE(refuses(command("magic") + output, 1, "there is no method 'magic'", folder_));
  for (const char* method : {"random", "adversarial"}) {
    EXPECT_TRUE(refuses(command(method) + output, 1, "use posthoc debias, or one of", folder_)) << method;
  }
  EXPECT_TRUE(refuses(fit(path("none.csv")), 1, "none.csv", folder_));
  EXPECT_TRUE(refuses(fit(folder_.path().string()), 1, "", folder_));
  EXPECT_TRUE(refuses(fit(path("valid.csv"), output), 2, "--apply", folder_));
  EXPECT_TRUE(refuses(fit(path("valid.csv"), {"--apply", ""}), 2, "empty", folder_));
  EXPECT_TRUE(refuses(command("threshold") + Arguments{"-o", ""}, 2, "empty", folder_));
  EXPECT_TRUE(refuses(command("threshold") + Arguments{"-o", path("no/such/out.csv")}, 1, "no/such", folder_));
  EXPECT_TRUE(refuses(command("threshold") + Arguments{"-o", path("test.csv")}, 1, "written over", folder_));
  EXPECT_TRUE(refuses(command("threshold") + Arguments{"-o", path("valid.csv")}, 1, "written over", folder_));
  EXPECT_TRUE(refuses(command("threshold") + output + Arguments{"--measure", "fairness"}, 1, "spd", folder_));
  EXPECT_TRUE(refuses(command("threshold") + output + Arguments{"--seed", "-1"}, 2, "--seed", folder_));

  const auto with_file = [&](const std::string& name, const std::string& text) {
    write_file(folder_ / name, text);
    return path(name);
  };
  EXPECT_TRUE(refuses(fit(with_file("no_label.csv", "group,score\n0,0.5\n1,0.5\n")), 1, "'label'", folder_));
  EXPECT_TRUE(refuses(fit(with_file("nan.csv", "label,group,score\n0,0,0.5\n1,1,nan\n")), 1, "line 3", folder_));
  EXPECT_TRUE(refuses(fit(with_file("high.csv", "label,group,score\n0,0,1.5\n")), 1, "line 2", folder_));
  EXPECT_TRUE(refuses(fit(with_file("empty.csv", "")), 1, "empty.csv", folder_));
  EXPECT_TRUE(refuses(fit(with_file("header.csv", "label,group,score\n")), 1, "", folder_));
  const std::string bad_apply = with_file("bad.csv", "label,group,score\n0,0,0.5\n2,1,0.5\n");
  EXPECT_TRUE(refuses(fit(path("valid.csv"), Arguments{"--apply", bad_apply} + output), 1, "line 3", folder_));
}

TEST_F(Postprocess, AnOptionOfAnotherMethodIsAUsageError) {
  EXPECT_TRUE(refuses(command("threshold") + Arguments{"--reject-option-mode", "grid"}, 2,
                      "--reject-option-mode belongs to --method reject-option", folder_));
  EXPECT_TRUE(refuses(command("threshold") + Arguments{"--equalized-odds-threshold", "0.5"}, 2,
                      "--equalized-odds-threshold belongs to", folder_));
  EXPECT_TRUE(refuses(command("threshold") + Arguments{"--calibrated-cost", "fpr"}, 2, "belongs to", folder_));
  EXPECT_TRUE(refuses(command("threshold") + Arguments{"--calibrated-cost", "money"}, 2, "weighted", folder_));
  EXPECT_TRUE(refuses(command("threshold") + Arguments{"--reject-option-mode", "Grid"}, 2, "exact", folder_));
  for (const char* value : {"1.5", "-0.1", "0", "best", "", "nan"}) {
    EXPECT_TRUE(refuses(command("threshold") + Arguments{"--equalized-odds-threshold", value}, 2,
                        "a number above 0, up to 1, or 'accuracy'", folder_))
        << value;
  }
  EXPECT_TRUE(refuses(command("threshold") + Arguments{"--random-trials", "3"}, 2, "--random-trials", folder_));
}

TEST_F(Postprocess, TheThresholdOfEqualizedOddsIsReached) {
  // As `audit --threshold` has it: score >= NUMBER, 0.5 if nothing is said.
  const Json standard = result("equalized-odds");
  EXPECT_EQ(standard["rule"]["threshold"], debias::kHalfOrAbove);
  EXPECT_EQ(standard["options"]["threshold"], 0.5);
  EXPECT_EQ(result("equalized-odds", {"--equalized-odds-threshold", "0.5"})["rule"], standard["rule"]);
  EXPECT_EQ(result("equalized-odds", {"--equalized-odds-threshold", "0.6"})["rule"]["threshold"],
            std::nextafter(0.6, 0.0));
  const Json accurate = result("equalized-odds", {"--equalized-odds-threshold", "accuracy"});
  EXPECT_EQ(accurate["rule"]["threshold"], accurate["baselines"]["default"]["rule"]["threshold"]);
  EXPECT_EQ(accurate["options"]["threshold"], "accuracy");
}

TEST_F(Postprocess, AThirdGroupIsForARuleThatIgnoresGroups) {
  write_file(folder_ / "three.csv", scores_csv(3, 50) + "x,1,0.5,2\n");
  const Arguments apply = {"--fit", path("valid.csv"), "--apply", path("three.csv"), "-o", path("out.csv")};
  for (const std::string& method : methods) {
    const Arguments arguments = Arguments{"postprocess", "--method", method} + apply;
    if (method == "threshold") {
      EXPECT_TRUE(succeeds_quietly(arguments));
      std::filesystem::remove(folder_ / "out.csv");
    } else {
      EXPECT_TRUE(refuses(arguments, 1, "group", folder_)) << method;
    }
  }
}

TEST_F(Postprocess, TheNumberOfThreadsChangesNothing) {
  for (const std::string& method : methods) {
    const Json one = result(method, {"--threads", "1"});
    const std::string decisions = read_file(path("decisions.csv"));
    for (const char* threads : {"2", "3"}) {
      EXPECT_EQ(result(method, {"--threads", threads}), one) << method;
      EXPECT_EQ(read_file(path("decisions.csv")), decisions) << method;
    }
  }
}

}  // namespace
}  // namespace posthoc::testing
