#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/program.h"

namespace posthoc::testing {
namespace {

using Json = nlohmann::json;

// Nothing in a page may be fetched from elsewhere.
void expect_self_contained(const std::string& html) {
  EXPECT_TRUE(html.starts_with("<!DOCTYPE html>"));
  for (const char* reference : {"http:", "https:", "src=", "@import", "<link", "<script"}) {
    EXPECT_EQ(html.find(reference), std::string::npos) << reference;
  }
}

TEST(DebiasReport, ShowsBeforeAndAfterOnOnePage) {
  const TemporaryFolder folder;
  const std::string model = trained_model(folder);
  const std::string page = (folder / "report.html").string();
  const Arguments command = Arguments{"debias", "--model", model} + synthetic_data + few_trials;
  const Json without = json_of(command);
  const Json with = json_of(command + Arguments{"--report", page});
  EXPECT_EQ(without.at("test"), with.at("test")) << "a report changes no result";
  EXPECT_EQ(without.at("command"), with.at("command"));
  const std::string html = read_file(page);
  expect_self_contained(html);
  for (const char* part :
       {"What was found", "selection rate before", "unprivileged", "SPD on test", "The trade-off", "Every measure"}) {
    EXPECT_NE(html.find(part), std::string::npos) << part;
  }
  // The number that the JSON has stands on the page.
  const double bias = with.at("test").at("bias").at("statistical_parity_difference");
  EXPECT_NE(html.find(fmt::format("{:.4f}", bias)), std::string::npos) << bias;
  EXPECT_TRUE(succeeds_quietly(command + Arguments{"--report", page}));
  EXPECT_EQ(read_file(page), html) << "the same bytes again";
}

TEST(DebiasReport, EveryKindOfRuleHasOne) {
  const TemporaryFolder folder;
  const std::string model = trained_model(folder);
  for (const char* method : {"majority", "default", "reject-option", "equalized-odds", "calibrated-equalized-odds"}) {
    const std::string page = (folder / (std::string(method) + ".html")).string();
    EXPECT_TRUE(
        succeeds_quietly(Arguments{"debias", "--model", model, "--method", method, "--report", page} + synthetic_data))
        << method;
    expect_self_contained(read_file(page));
  }
}

TEST(DebiasReport, IsRefusedBeforeAnyWork) {
  const TemporaryFolder folder;
  const std::string model = trained_model(folder);
  const Arguments command = Arguments{"debias", "--model", model} + synthetic_data;
  EXPECT_TRUE(refuses(command + Arguments{"--method", "all", "--report", (folder / "r.html").string()}, 1,
                      "--report is of one method", folder));
  EXPECT_TRUE(refuses(command + Arguments{"--method", "random", "--report", (folder / "no" / "r.html").string()}, 1,
                      "r.html", folder));
  EXPECT_TRUE(refuses(command + Arguments{"--method", "random", "--report", ""}, 2, "the file name is empty", folder));
}

TEST(StudyReport, IsWrittenFromTheResultsOfASmallStudy) {
  const TemporaryFolder folder;
  const std::string results = (folder / "results").string();
  write_file(folder / "small.toml",
             "name = \"small\"\nmeasures = [\"spd\", \"eod\"]\nseeds = [0, 1]\nmax_epochs = 3\n"
             "[[tasks]]\nname = \"made-up\"\ndata = \"synthetic\"\nprotected = \"group\"\n"
             "[[methods]]\nname = \"default\"\n[[methods]]\nname = \"threshold\"\n"
             "[[methods]]\nname = \"random\"\ntrials = 5\n[[architectures]]\ndepth = 1\nwidth = 8\n");
  ASSERT_TRUE(succeeds_quietly({"study", "run", (folder / "small.toml").string(), "-o", results}));
  const Ran ran = run_program({"study", "report", results});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("report: " + results + "/report.html"), std::string::npos) << ran.out;
  EXPECT_EQ(ran.out.find("missing:"), std::string::npos) << ran.out;
  expect_self_contained(read_file(folder / "results/report.html"));
  const Json summary = Json::parse(read_file(folder / "results/summary.json"));
  EXPECT_EQ(summary.at("cells"), 12);
  EXPECT_EQ(summary.at("published").at("comparable"), 0) << "nothing is published of synthetic data";

  const std::string docs = (folder / "docs").string();
  EXPECT_TRUE(succeeds_quietly({"study", "report", results, "--docs", docs, "--commit", "0123abc"}));
  const std::string page = read_file(folder / "docs/README.md");
  EXPECT_NE(page.find("commit 0123abc"), std::string::npos);
  EXPECT_NE(page.find("posthoc study report"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(folder / "docs/tables/groups.csv"));
}

TEST(StudyReport, RefusesWhatIsNoStore) {
  const TemporaryFolder folder;
  EXPECT_TRUE(refuses({"study", "report", (folder / "nowhere").string()}, 1, "holds no results of a study", folder));
}

}  // namespace
}  // namespace posthoc::testing
