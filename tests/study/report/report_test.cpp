#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/file.h"
#include "report/gnuplot.h"
#include "study/fixture_store.h"
#include "study/report/study_report.h"
#include "study/report/verdicts.h"
#include "support/expect_error.h"
#include "support/temporary_folder.h"

namespace posthoc::study {
namespace {

namespace fs = std::filesystem;
using posthoc::testing::fails_with;
using posthoc::testing::TemporaryFolder;
using Json = nlohmann::json;

// The rows of a table of a report by column; the test's files hold no line breaks in fields.
std::vector<std::map<std::string, std::string>> read_table(const fs::path& path) {
  const auto split = [](const std::string& line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (const char letter : line) {
      if (letter == '"') {
        quoted = !quoted;
      } else if (letter == ',' && !quoted) {
        fields.emplace_back();
      } else {
        fields.back() += letter;
      }
    }
    return fields;
  };
  std::istringstream lines(read_file(path));
  std::string line;
  std::getline(lines, line);
  const std::vector<std::string> header = split(line);
  std::vector<std::map<std::string, std::string>> rows;
  while (std::getline(lines, line)) {
    const std::vector<std::string> fields = split(line);
    EXPECT_EQ(fields.size(), header.size()) << line;
    std::map<std::string, std::string> row;
    for (std::size_t i = 0; i < std::min(fields.size(), header.size()); ++i) row[header[i]] = fields[i];
    rows.push_back(row);
  }
  return rows;
}

testing::FixtureOptions small() {
  testing::FixtureOptions options;
  options.seeds = 3;
  options.more_architectures = {{10, 64, 0.2}};
  return options;
}

// A report is tables alone here: drawing takes seconds and has a test of its own.
class WithoutGnuplot {
 public:
  WithoutGnuplot() : path_(std::getenv("PATH") != nullptr ? std::getenv("PATH") : "") { setenv("PATH", "/nowhere", 1); }
  WithoutGnuplot(const WithoutGnuplot&) = delete;
  WithoutGnuplot& operator=(const WithoutGnuplot&) = delete;
  ~WithoutGnuplot() { setenv("PATH", path_.c_str(), 1); }

 private:
  std::string path_;
};

std::vector<std::string> report_on(const fs::path& store, const fs::path& folder) {
  const std::vector<fs::path> stores = {store};
  return write_report(make_report(Results(stores)), folder);
}

class StudyReports : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  WithoutGnuplot no_figures_;
  fs::path store_ = folder_ / "store";
};

TEST_F(StudyReports, EveryNumberIsThatOfItsLines) {
  testing::write_fixture_store(store_, small());
  report_on(store_, store_);
  std::vector<Json> lines;
  std::istringstream text(read_file(store_ / "cells.jsonl"));
  for (std::string line; std::getline(text, line);) lines.push_back(Json::parse(line));
  const auto rows = read_table(store_ / "tables" / "groups.csv");
  ASSERT_GT(rows.size(), 200U);
  for (const auto& row : rows) {
    ASSERT_TRUE(row.at("lines").starts_with("cells.jsonl:")) << row.at("lines");
    std::istringstream numbers(row.at("lines").substr(12));
    std::vector<double> values;
    for (std::size_t number = 0; numbers >> number;) {
      ASSERT_LE(number, lines.size());
      const Json& line = lines[number - 1];
      EXPECT_EQ(line.at("kind"), "cell");
      EXPECT_EQ(line.at("key").at("method"), row.at("method"));
      EXPECT_EQ(line.at("key").at("task"), row.at("task"));
      EXPECT_EQ(line.at("key").at("measure"), row.at("measure"));
      EXPECT_EQ(line.at("key").at("protocol"), row.at("protocol"));
      values.push_back(line.at("result").at("test").at("objective"));
    }
    ASSERT_EQ(values.size(), 3U);
    EXPECT_EQ(std::stod(row.at("objective_mean")), moments(values).mean);
    EXPECT_EQ(std::stod(row.at("objective_std")), moments(values).std);
  }
}

TEST_F(StudyReports, TheSummaryCountsTheVerdictsOfTheTables) {
  testing::write_fixture_store(store_, small());
  report_on(store_, store_);
  const Json summary = Json::parse(read_file(store_ / "summary.json"));
  std::map<std::string, std::map<std::string, std::size_t>> marks;
  for (const auto& row : read_table(store_ / "tables" / "verdicts.csv")) ++marks[row.at("protocol")][row.at("mark")];
  for (const char* protocol : {"published", "corrected"}) {
    const Json& block = summary.at(protocol);
    EXPECT_EQ(block.at("reproduced"), marks[protocol]["reproduced"]);
    EXPECT_EQ(block.at("not_reproduced").size(), marks[protocol]["not reproduced"]);
    EXPECT_EQ(block.at("comparable"), marks[protocol]["reproduced"] + marks[protocol]["not reproduced"]);
    EXPECT_GT(block.at("comparable"), 60) << protocol;
    for (const Json& number : block.at("not_reproduced")) EXPECT_NE(number.at("reason"), "");
  }
  // The paper has two bars of the same thing that lie far apart; the store's results are near the first.
  std::size_t twice = 0;
  for (const Json& number : summary.at("published").at("not_reproduced")) {
    if (number.at("where") != "Figure 1, plot 8, base" || number.at("method") != "calibrated-equalized-odds") continue;
    ++twice;
    EXPECT_NE(number.at("reason").get<std::string>().find("in Figure 1, plots 1-3, spd, from which ours are"),
              std::string::npos)
        << number.at("reason");
  }
  EXPECT_EQ(twice, 1U);
  EXPECT_EQ(summary.at("seconds"), 812.5);
  EXPECT_EQ(summary.at("peak_rss_bytes"), 400000000);
  EXPECT_GT(summary.at("degenerate_winners"), 0);
  EXPECT_GE(summary.at("claims").size(), 8U);
  for (const Json& claim : summary.at("claims")) {
    EXPECT_TRUE(claim.at("claim").is_string());
    EXPECT_TRUE(claim.at("verdict").is_string());
    EXPECT_TRUE(claim.at("evidence").is_string());
    // The verdict is the weaker one of those under the corrected protocol.
    const Json& protocols = claim.at("protocols");
    if (protocols.empty()) continue;
    const std::map<std::string, int> strength = {{"does not hold", 0}, {"holds in part", 1}, {"holds", 2}};
    int weakest = 2;
    for (const auto& [what, verdict] : protocols.at("corrected").items()) {
      if (verdict != "not tested") weakest = std::min(weakest, strength.at(verdict));
    }
    EXPECT_EQ(strength.at(claim.at("verdict")), weakest) << claim.at("claim");
  }
}

TEST_F(StudyReports, IsTheSameBytesTwiceAndRefersToNothingOutside) {
  testing::write_fixture_store(store_, small());
  report_on(store_, folder_ / "a");
  report_on(store_, folder_ / "b");
  for (const char* file : {"report.html", "report.md", "summary.json", "tables/groups.csv", "tables/paired.csv"}) {
    EXPECT_EQ(read_file(folder_.path() / "a" / file), read_file(folder_ / "b" / file)) << file;
  }
  const std::string html = read_file(folder_ / "a" / "report.html");
  for (const char* reference : {"http:", "https:", "src=", "@import", "<link", "<script"}) {
    EXPECT_EQ(html.find(reference), std::string::npos) << reference;
  }
}

TEST_F(StudyReports, WithoutGnuplotThereAreTablesAndAMessage) {
  testing::write_fixture_store(store_, small());
  const auto notes = report_on(store_, store_);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes[0].find("gnuplot is not installed"), std::string::npos);
  EXPECT_NE(read_file(store_ / "report.html").find("gnuplot is not installed"), std::string::npos);
  EXPECT_NE(read_file(store_ / "report.html").find("<table"), std::string::npos);
  EXPECT_TRUE(fs::is_empty(store_ / "figures"));
}

TEST_F(StudyReports, NamesAreTextWhateverTheyAre) {
  testing::FixtureOptions options = small();
  options.task_prefix = "<img onerror=alert(1)>|`x`_";
  testing::write_fixture_store(store_, options);
  report_on(store_, store_);
  const std::string html = read_file(store_ / "report.html");
  EXPECT_EQ(html.find("<img"), std::string::npos);
  EXPECT_NE(html.find("&lt;img onerror=alert(1)&gt;|`x`_adult-sex"), std::string::npos);
  EXPECT_EQ(read_file(store_ / "report.md").find("<img"), std::string::npos);
}

TEST_F(StudyReports, AnUndefinedValueIsSaidToBeOne) {
  testing::FixtureOptions options = small();
  options.undefined = true;
  testing::write_fixture_store(store_, options);
  report_on(store_, store_);
  const std::string html = read_file(store_ / "report.html");
  EXPECT_NE(html.find(">undefined<"), std::string::npos) << "all networks of one method";
  EXPECT_NE(html.find("(1 undefined)"), std::string::npos) << "one network of another";
  EXPECT_EQ(html.find(">nan"), std::string::npos);
  bool found = false;
  for (const auto& row : read_table(store_ / "tables" / "groups.csv")) {
    const bool this_one = row.at("task") == "adult-sex" && row.at("measure") == "spd" &&
                          row.at("method") == "layerwise" && row.at("objective_kind") == "tradeoff" &&
                          row.at("width") == "32" && row.at("protocol") == "corrected";
    if (!this_one) continue;
    found = true;
    EXPECT_EQ(row.at("objective_mean"), "");
    EXPECT_EQ(row.at("undefined"), "3");
  }
  EXPECT_TRUE(found);
}

TEST_F(StudyReports, AStudyOfOnesOwnDataHasNoPublishedNumbers) {
  const Study study = parse_study(
      "name = \"mine\"\nmeasures = [\"spd\"]\nseeds = [0]\n[[tasks]]\nname = \"t\"\ndata = \"synthetic\"\nprotected = "
      "\"group\"\n"
      "[[methods]]\nname = \"default\"\n[[methods]]\nname = \"threshold\"\n",
      "s.toml");
  {
    Store store(store_, study);
    for (const char* method : {"default", "threshold"}) {
      CellResult cell;
      cell.key = {"t",    "synthetic", "group", {"spd", "accuracy", fairness::Objective::Kind::tradeoff, 0.75},
                  method, {},          0,       {"corrected", {}}};
      cell.method = method;
      cell.test.counts.add(0, {.tp = 1, .fp = 1, .tn = 1, .fn = 1});
      cell.test.counts.add(1, {.tp = 1, .fp = 1, .tn = 1, .fn = 1});
      cell.test.objective = 0.2;
      cell.test.bias = -0.1;
      cell.test.performance = cell.test.accuracy = 0.5;
      cell.valid = cell.test;
      store.append(to_record(cell));
    }
  }
  report_on(store_, store_);
  const std::string html = read_file(store_ / "report.html");
  EXPECT_EQ(html.find("Every published number"), std::string::npos);
  EXPECT_NE(html.find("is not finished"), std::string::npos) << "the run never came to its end";
  const Json summary = Json::parse(read_file(store_ / "summary.json"));
  EXPECT_EQ(summary.at("published").at("comparable"), 0);
  EXPECT_EQ(summary.at("cells"), 2);
}

TEST_F(StudyReports, BadStoresAreClearErrors) {
  const std::vector<fs::path> nowhere = {folder_ / "nowhere"};
  EXPECT_TRUE(fails_with([&] { Results results(nowhere); }, {"nowhere"}));
  EXPECT_TRUE(fails_with([] { Results results(std::vector<fs::path>{}); }, {"expected a folder of results"}));

  const Study study = parse_study(
      "name = \"mine\"\nmeasures = [\"spd\"]\nseeds = [0]\n[[tasks]]\nname = \"t\"\ndata = \"synthetic\"\nprotected = "
      "\"group\"\n"
      "[[methods]]\nname = \"default\"\n",
      "s.toml");
  { const Store store(store_, study); }
  const std::vector<fs::path> empty = {store_};
  EXPECT_TRUE(fails_with([&] { Results results(empty); }, {"no finished cell yet"}));
  std::ofstream(store_ / "cells.jsonl") << "nonsense\nmore\n";
  EXPECT_TRUE(fails_with([&] { Results results(empty); }, {"cells.jsonl", "1"}));
}

TEST_F(StudyReports, TwoStoresAreReadAsOneUnlessTheyContradict) {
  testing::write_fixture_store(store_, small());
  testing::FixtureOptions other = small();
  other.protocols = {"corrected"};
  testing::write_fixture_store(folder_ / "other", other);
  const std::vector<fs::path> twice = {store_, store_};
  const std::vector<fs::path> once = {store_};
  EXPECT_EQ(Results(twice).entries().size(), Results(once).entries().size());
  const std::vector<fs::path> both = {store_, folder_ / "other"};
  EXPECT_TRUE(fails_with([&] { Results results(both); }, {"store 1 cells.jsonl", "store 2 cells.jsonl", "differ"}));
}

TEST(StudyFigures, AreDrawnFromAStore) {
  if (!report::Gnuplot::find()) GTEST_SKIP() << "gnuplot is not installed";
  const TemporaryFolder folder;
  testing::FixtureOptions options = small();
  options.undefined = true;
  testing::write_fixture_store(folder / "store", options);
  EXPECT_TRUE(report_on(folder / "store", folder.path()).empty());
  for (const char* name :
       {"verdicts", "paired-differences", "constrained", "figure1-objective-spd", "figure1-objective-eod",
        "figure1-objective-aod", "figure1-bias-accuracy-published", "figure1-architectures-adult-sex-spd"}) {
    EXPECT_TRUE(fs::exists(folder.path() / "figures" / (std::string(name) + ".svg"))) << name;
    EXPECT_TRUE(fs::exists(folder.path() / "figures" / (std::string(name) + ".pdf"))) << name;
  }
  EXPECT_EQ(read_file(folder / "report.html").find("http"), std::string::npos);
}

}  // namespace
}  // namespace posthoc::study
