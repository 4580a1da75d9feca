// `posthoc study` as a command; what a run does is tested in tests/study/.

#include <gtest/gtest.h>

#include "cli/program.h"
#include "study/store.h"

namespace posthoc::testing {
namespace {

constexpr const char* kStudy =
    "name = \"s\"\nmeasures = [\"spd\"]\nseeds = [0]\nmax_epochs = 1\n"
    "[[tasks]]\nname = \"t\"\ndata = \"synthetic\"\nprotected = \"group\"\n"
    "[[methods]]\nname = \"default\"\n[[methods]]\nname = \"threshold\"\n[[architectures]]\ndepth = 0\nwidth = 4\n";

class StudyCommand : public ::testing::Test {
 protected:
  StudyCommand() {
    study_ = (folder_ / "s.toml").string();
    results_ = (folder_ / "r").string();
    write_file(study_, kStudy);
  }

  TemporaryFolder folder_;
  std::string study_;
  std::string results_;
};

TEST_F(StudyCommand, RunsAndSaysHowFarItIs) {
  const nlohmann::json run = json_of({"study", "run", study_, "-o", results_});
  EXPECT_EQ(run.at("units"), 3);
  EXPECT_EQ(run.at("done_now"), 3);
  EXPECT_GT(run.at("peak_rss_bytes"), 1'000'000);
  EXPECT_GT(run.at("seconds"), 0.0);
  EXPECT_EQ(json_of({"study", "run", study_, "-o", results_}).at("done_now"), 0);
  const nlohmann::json status = json_of({"study", "status", results_});
  EXPECT_EQ(status.at("complete"), true);
  EXPECT_EQ(status.at("networks"), 1);
  EXPECT_EQ(status.at("cells"), 2);
  EXPECT_EQ(status.at("experiments").at(0).at("name"), "all");
  EXPECT_EQ(status.at("experiments").at(0).at("done"), 2);
  EXPECT_EQ(status.at("experiments").at(0).at("cells"), 2);
  const Ran shown = run_program({"study", "status", results_});
  EXPECT_NE(shown.out.find("s: complete; 1 networks, 2 cells"), std::string::npos) << shown.out;
}

TEST_F(StudyCommand, TwoRunsAtOnceAreRefused) {
  const study::Store first(results_, study::Study());
  const Ran second = run_program({"study", "run", study_, "-o", results_});
  EXPECT_EQ(second.code, 1);
  EXPECT_NE(second.err.find("posthoc: error: another run is writing to " + results_), std::string::npos) << second.err;
}

TEST_F(StudyCommand, SaysWhatIsWrong) {
  const auto refused = [](const Arguments& arguments, int code, const std::string& part) {
    const Ran ran = run_program(arguments);
    EXPECT_EQ(ran.code, code);
    EXPECT_NE(ran.err.find(part), std::string::npos) << ran.err;
  };
  refused({"study"}, 2, "subcommand");
  refused({"study", "run", study_}, 2, "--output");
  refused({"study", "run", study_, "-o", ""}, 2, "--output");
  refused({"study", "run", (folder_ / "none.toml").string(), "-o", results_}, 1, "no such file");
  refused({"study", "status", results_}, 1, "holds no results of a study");
}

}  // namespace
}  // namespace posthoc::testing
