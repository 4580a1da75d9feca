#include "study/runner.h"

#include <csignal>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "base/file.h"
#include "base/threads.h"
#include "study/estimate.h"
#include "study/store.h"
#include "study/study_file.h"
#include "support/expect_error.h"
#include "support/restore_threads.h"
#include "support/temporary_folder.h"
#include "tensor/random.h"

namespace posthoc::study {
namespace {

namespace fs = std::filesystem;
using posthoc::testing::fails_with;
using posthoc::testing::TemporaryFolder;

// 300 made-up people; the privileged get the favourable label more often.
std::string people() {
  const Tensor draws = random_uniform({300, 3}, {1, purpose("people"), 0}, 0.0, 1.0);
  const std::vector<double> u = draws.to_vector();
  std::string text = "skill,town,group,label\n";
  for (std::size_t i = 0; i < 300; ++i) {
    const bool privileged = u[3 * i] < 0.6;
    const double skill = u[3 * i + 1];
    const bool favourable = skill + (privileged ? 0.15 : -0.1) + 0.6 * u[3 * i + 2] > 0.85;
    text += fmt::format("{:.4f},{},{},{}\n", skill, i % 3 == 0 ? "a" : "b", privileged ? "p" : "u", favourable ? 1 : 0);
  }
  return text;
}

constexpr const char* kStudy = R"(
name = "small"
measures = ["spd", "aod"]
seeds = [0, 1]
max_epochs = 4
[[tasks]]
name = "people"
data = "people.csv"
protected = "group"
privileged = ["p"]
label = "label"
favorable = "1"
[[methods]]
name = "majority"
[[methods]]
name = "default"
[[methods]]
name = "threshold"
[[methods]]
name = "random"
trials = 5
[[methods]]
name = "layerwise"
calls = 3
candidates = 10
[[methods]]
name = "adversarial"
rounds = 1
critic_steps = 3
actor_steps = 3
[[methods]]
name = "reject-option"
[[methods]]
name = "equalized-odds"
[[methods]]
name = "calibrated-equalized-odds"
[[architectures]]
depth = 1
width = 8
[[experiments]]
name = "main"
protocols = ["corrected", "published"]
[[experiments]]
name = "constrained"
objective = "constrained"
performance = "balanced_accuracy"
)";

// Two networks, 9 methods by 2 measures by 2 seeds under two protocols and with a constraint.
constexpr std::size_t kUnits = 2 + 36 * 3;

class Runner : public ::testing::Test {
 protected:
  Runner() { write_file(folder_ / "people.csv", people()); }
  ~Runner() override = default;
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  RunSummary run(const std::string& results, const std::string& text = kStudy) {
    return run_study(parse_study(text, "small.toml"), folder_ / results, options());
  }

  RunOptions options() {
    RunOptions options;
    options.base = folder_.path();
    options.version = "test";
    options.message = [this](const std::string& line) { messages_.push_back(line); };
    return options;
  }

  // The records without their times.
  std::vector<std::string> results_in(const std::string& results) {
    std::vector<std::string> lines;
    std::ifstream file(folder_ / results / "cells.jsonl");
    for (std::string line; std::getline(file, line);) {
      Record record = parse_line(line + "\n");
      record.seconds = 0.0;
      lines.push_back(to_line(record));
    }
    return lines;
  }

  std::map<std::string, std::string> models_in(const std::string& results) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(folder_ / results / "models")) {
      files[entry.path().filename().string()] = read_file(entry.path());
    }
    return files;
  }

  TemporaryFolder folder_;
  std::vector<std::string> messages_;
  const posthoc::testing::RestoreThreads restore_;
};

TEST_F(Runner, DoesEveryUnitOnceAndSortsThem) {
  const RunSummary first = run("r");
  EXPECT_EQ(first.units, kUnits);
  EXPECT_EQ(first.done_now, kUnits);
  EXPECT_GT(first.peak_rss_bytes, 1'000'000);
  const std::string text = read_file(folder_ / "r" / "cells.jsonl");
  const RunSummary again = run("r");
  EXPECT_EQ(again.done_before, kUnits);
  EXPECT_EQ(again.done_now, 0U);
  EXPECT_EQ(read_file(folder_ / "r" / "cells.jsonl"), text);
  EXPECT_EQ(messages_, std::vector<std::string>());
  const StoreContents contents = read_store(folder_ / "r");
  EXPECT_TRUE(contents.complete);
  EXPECT_EQ(contents.networks.size(), 2U);
  EXPECT_EQ(contents.cells.size(), kUnits - 2);
  for (const CellResult& cell : contents.cells) {
    const double n = cell.test.counts.total().n();
    EXPECT_NEAR(n, 60.0, 1e-9);  // expected counts of a rule that randomises
    ASSERT_TRUE(cell.test.accuracy.has_value());
    const fairness::CellCounts& all = cell.test.counts.total();
    EXPECT_NEAR(*cell.test.accuracy, (all.tp + all.tn) / n, 1e-12);
    EXPECT_TRUE(!cell.test_drawn || debias::is_randomised(cell.rule));
  }
}

TEST_F(Runner, ResultsDoNotDependOnTheThreads) {
  set_threads(1);
  run("one");
  set_threads(3);
  run("three");
  EXPECT_EQ(threads(), 3);
  EXPECT_EQ(results_in("three"), results_in("one"));
  EXPECT_EQ(models_in("three"), models_in("one"));
}

TEST_F(Runner, AKilledRunGoesOnToTheSameResults) {
  set_threads(2);
  const RunSummary whole = run("whole");
  const std::vector<double> random = random_uniform({20}, {3, purpose("kills"), 0}, 0.0, 1.0).to_vector();
  int killed = 0;
  for (int attempt = 0; attempt < 20; ++attempt) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      try {
        run("killed");
      } catch (...) {
        _exit(1);
      }
      _exit(0);
    }
    const double delay = random[static_cast<std::size_t>(attempt)] * 0.2 * whole.seconds;
    std::this_thread::sleep_for(std::chrono::duration<double>(delay));
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) ++killed;
    EXPECT_TRUE(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) << status;
  }
  EXPECT_GE(killed, 5);
  std::ofstream(folder_ / "killed" / "models" / ".a.safetensors.1.tmp") << "cut off";  // of a kill at the worst moment
  run("killed");
  EXPECT_EQ(results_in("killed"), results_in("whole"));
  EXPECT_EQ(models_in("killed"), models_in("whole"));
}

TEST_F(Runner, ALostModelIsTrainedAgain) {
  run("r");
  const auto models = models_in("r");
  ASSERT_EQ(models.size(), 4U);
  fs::remove(folder_ / "r" / "models" / models.begin()->first);
  EXPECT_EQ(run("r").done_now, 1U);
  EXPECT_EQ(models_in("r"), models);
}

TEST_F(Runner, AnOptionalTaskWithoutDataIsPassedOver) {
  const std::string more =
      "[[tasks]]\nname = \"none\"\ndata = \"none.csv\"\nprotected = \"g\"\nprivileged = [\"p\"]\nlabel = \"l\"\n"
      "favorable = \"1\"\n";
  EXPECT_TRUE(fails_with([&] { run("r", kStudy + more); }, {"none.csv"}));
  EXPECT_EQ(run("s", kStudy + more + "optional = true\n").units, kUnits);
  ASSERT_EQ(messages_.size(), 1U);
  EXPECT_EQ(messages_[0], "the task none is passed over: there are no data files of none.csv");
}

TEST_F(Runner, AUnitThatFailsDoesNotStopTheOthers) {
  std::string rows = people();
  // Without favourable labels among the unprivileged equalized odds has no answer.
  for (std::size_t at = rows.find(",u,1\n"); at != std::string::npos; at = rows.find(",u,1\n", at)) rows[at + 3] = '0';
  write_file(folder_ / "people.csv", rows);
  EXPECT_TRUE(
      fails_with([&] { run("r"); }, {"of 110 units failed; the others are done", "group 0 has no positive labels"}));
  const StoreContents contents = read_store(folder_ / "r");
  EXPECT_FALSE(contents.complete);
  EXPECT_GT(contents.cells.size(), 50U);
  EXPECT_FALSE(messages_.empty());
}

TEST(TimeEstimate, IsCorrectedKindByKind) {
  TimeEstimate estimate;
  estimate.add("a", 10.0);
  estimate.add("a", 20.0);
  estimate.add("b", 5.0);
  EXPECT_DOUBLE_EQ(estimate.remaining(), 35.0);
  estimate.done("a", 10.0, 30.0);  // three times what was thought, and so perhaps is b
  EXPECT_DOUBLE_EQ(estimate.remaining(), 60.0 + 15.0);
  estimate.add("b", 5.0);
  estimate.done("b", 5.0, 1.0);
  EXPECT_DOUBLE_EQ(estimate.remaining(), 60.0 + 1.0);
  estimate.dropped("a", 20.0);
  EXPECT_DOUBLE_EQ(estimate.remaining(), 1.0);
}

}  // namespace
}  // namespace posthoc::study
