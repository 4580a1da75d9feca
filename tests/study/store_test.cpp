#include "study/store.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/file.h"
#include "study/study_file.h"
#include "support/expect_error.h"
#include "support/temporary_folder.h"

namespace posthoc::study {
namespace {

using posthoc::testing::fails_with;
using posthoc::testing::TemporaryFolder;

Study small_study(const std::string& more = "") {
  return parse_study("name = \"s\"\nmeasures = [\"spd\"]\nseeds = [0]\n" + more +
                         "[[tasks]]\nname = \"t\"\ndata = \"synthetic\"\nprotected = \"group\"\n"
                         "[[methods]]\nname = \"default\"\n",
                     "s.toml");
}

CellResult cell(std::uint64_t seed = 0) {
  CellResult result;
  result.key = {"t",       "synthetic",   "group", {"spd", "accuracy", fairness::Objective::Kind::tradeoff, 0.75},
                "default", {10, 32, 0.2}, seed,    {"corrected+empty_cell_is_zero", {"empty_cell_is_zero"}}};
  result.method = "default";
  result.valid.counts.add(0, {.tp = 1, .fp = 2, .tn = 3, .fn = 4});
  result.valid.counts.add(1, {.tp = 0.25, .fp = 2, .tn = 3, .fn = 4.75});
  result.valid.objective = 0.1;
  result.valid.bias = -1.0 / 3.0;
  result.valid.eod = 0.0;
  result.valid.undefined = "group 0 has no positive labels";
  result.valid.degenerate = "all the same";
  result.valid.feasible = false;
  result.test = result.valid;
  result.test.degenerate.reset();
  result.test_drawn = result.test;
  result.rule = debias::EqualizedOdds{.sp2p = 0.5, .threshold = 0.1};
  result.notes = {"a note with \"quotes\""};
  result.seconds = 1.5;
  return result;
}

void expect_same(const PartResult& a, const PartResult& b) {
  EXPECT_EQ(a.counts, b.counts);
  EXPECT_EQ(a.objective, b.objective);
  EXPECT_EQ(a.bias, b.bias);
  EXPECT_EQ(a.performance, b.performance);
  EXPECT_EQ(a.eod, b.eod);
  EXPECT_EQ(a.undefined, b.undefined);
  EXPECT_EQ(a.degenerate, b.degenerate);
  EXPECT_EQ(a.feasible, b.feasible);
}

TEST(Records, ACellReadsBackAsItWasWritten) {
  const CellResult before = cell();
  const CellResult after = parse_cell(parse_line(to_line(to_record(before))));
  EXPECT_EQ(after.key.task, "t");
  EXPECT_EQ(after.key.data, "synthetic");
  EXPECT_EQ(after.key.protected_attribute, "group");
  EXPECT_EQ(after.key.objective, before.key.objective);
  EXPECT_EQ(after.key.protocol, before.key.protocol);
  EXPECT_EQ(after.key.seed, 0U);
  EXPECT_EQ(record_id(after.key), record_id(before.key));
  EXPECT_EQ(after.method, before.method);
  expect_same(after.valid, before.valid);
  expect_same(after.test, before.test);
  ASSERT_FALSE(after.valid_drawn.has_value());
  ASSERT_TRUE(after.test_drawn.has_value());
  expect_same(*after.test_drawn, *before.test_drawn);
  EXPECT_EQ(std::get<debias::EqualizedOdds>(after.rule).sp2p, 0.5);
  EXPECT_EQ(after.notes, before.notes);
  EXPECT_EQ(after.seconds, 1.5);
}

TEST(Records, ANetworkReadsBackAsItWasWritten) {
  NetworkResult before;
  before.key = {"compas", "0123456789ab", {10, 32, 0.5}, 3};
  before.epochs = 120;
  before.learned = false;
  before.best = {"a.safetensors", 20, {0.5, 0.8, 0.9}, {0.6, 0.7, 0.85}};
  before.last = {"b.safetensors", 120, {0.7, 0.75, 0.8}, {0.8, 0.7, 0.75}};
  before.seconds = 9.25;
  EXPECT_EQ(before.key.file_stem(), "compas-0123456789ab-depth10-width32-dropout0.5-seed3");
  const NetworkResult after = parse_network(parse_line(to_line(to_record(before))));
  EXPECT_EQ(record_id(after.key), record_id(before.key));
  EXPECT_EQ(after.epochs, 120);
  EXPECT_FALSE(after.learned);
  EXPECT_EQ(after.best.file, "a.safetensors");
  EXPECT_EQ(after.last.epoch, 120);
  EXPECT_EQ(after.last.test.auc, 0.75);
  EXPECT_EQ(after.best.valid.loss, 0.5);
  EXPECT_EQ(after.seconds, 9.25);
}

TEST(Records, WhatIsNoRecordIsRefused) {
  EXPECT_TRUE(fails_with([] { parse_line("{}"); }, {"no end"}));
  EXPECT_TRUE(fails_with([] { parse_line("[1]\n"); }, {"no JSON object"}));
  EXPECT_TRUE(fails_with([] { parse_line("{\"kind\": 1}\n"); }, {"'kind' is of another type"}));
  EXPECT_TRUE(fails_with([] { parse_line("{\"kind\": \"cell\"}\n"); }, {"'key' is missing"}));
  const Record record = to_record(cell());
  EXPECT_TRUE(fails_with([&] { parse_network(record); }, {"expected a record of kind network, got cell"}));
  Record broken = record;
  broken.result.replace(broken.result.find("\"feasible\":false"), 16, "\"feasible\":0");
  EXPECT_TRUE(fails_with([&] { parse_cell(broken); }, {"the cell", "'feasible' is of another type"}));
  broken.result = "{}";
  EXPECT_TRUE(fails_with([&] { parse_cell(broken); }, {"the cell", "is missing"}));
}

TEST(Store, WhatWasAppendedIsThereAgain) {
  const TemporaryFolder folder;
  {
    Store store(folder / "r", small_study());
    store.append(to_record(cell(2)));
    store.append(to_record(cell(1)));
    store.append(to_record(cell(1)));
    EXPECT_EQ(store.size(), 2U);
  }
  const Store again(folder / "r", small_study());
  EXPECT_TRUE(again.warnings().empty());
  EXPECT_TRUE(again.has(record_id(cell(1).key)));
  EXPECT_FALSE(again.has(record_id(cell(3).key)));
  EXPECT_EQ(again.at(record_id(cell(2).key)).seconds, 1.5);
  EXPECT_TRUE(fails_with([&] { (void)again.at("cell {}"); }, {"no result"}));
  const StoreContents contents = read_store(folder / "r");
  ASSERT_EQ(contents.cells.size(), 2U);
  EXPECT_EQ(contents.cells[0].key.seed, 1U);
  EXPECT_EQ(contents.study.name, "s");
  EXPECT_FALSE(contents.complete);
}

TEST(Store, IsSortedAtTheEnd) {
  const TemporaryFolder folder;
  for (const auto& [name, first, second] : {std::tuple{"a", 1U, 2U}, std::tuple{"b", 2U, 1U}}) {
    Store store(folder / name, small_study());
    store.append(to_record(cell(first)));
    store.append(to_record(cell(second)));
    store.finish({"posthoc study run", "posthoc 0", 2, 1.5, 1000, false});
    store.finish({"posthoc study run", "posthoc 0", 1, 2.0, 500, true});
    store.append(to_record(cell(3)));  // the file that it goes on with is the new one
  }
  EXPECT_EQ(read_file(folder / "a" / "cells.jsonl"), read_file(folder / "b" / "cells.jsonl"));
  const StoreContents contents = read_store(folder / "a");
  EXPECT_EQ(contents.cells.size(), 3U);
  EXPECT_EQ(contents.wall_seconds, 3.5);
  EXPECT_EQ(contents.peak_rss_bytes, 1000);
  EXPECT_EQ(contents.threads, 1);
  EXPECT_TRUE(contents.complete);
}

TEST(Store, IsForOneRunAtATime) {
  const TemporaryFolder folder;
  const Store store(folder / "r", small_study());
  EXPECT_TRUE(fails_with([&] { Store(folder / "r", small_study()); }, {"another run is writing to"}));
}

TEST(Store, ALastLineThatIsCutOffIsSetAside) {
  const TemporaryFolder folder;
  const auto cells = folder / "r" / "cells.jsonl";
  { Store(folder / "r", small_study()).append(to_record(cell(1))); }
  const std::string line = to_line(to_record(cell(2)));
  for (std::size_t length = 1; length < line.size(); length += 97) {
    std::ofstream(cells, std::ios::app) << line.substr(0, length);
    EXPECT_EQ(read_store(folder / "r").warnings.size(), 1U);
    const Store store(folder / "r", small_study());
    ASSERT_EQ(store.warnings().size(), 1U) << length;
    EXPECT_NE(store.warnings()[0].find("line 2, the last, is damaged"), std::string::npos) << store.warnings()[0];
    EXPECT_EQ(store.size(), 1U);
    EXPECT_EQ(read_file(cells), to_line(to_record(cell(1))));
  }
  EXPECT_TRUE(read_file(cells.string() + ".damaged").starts_with("{\n"));
}

TEST(Store, AnEarlierLineThatIsDamagedIsAnError) {
  const TemporaryFolder folder;
  const auto cells = folder / "r" / "cells.jsonl";
  { Store(folder / "r", small_study()).append(to_record(cell(1))); }
  const std::string sound = read_file(cells);
  write_file(cells, sound + "{\"kind\": \n" + to_line(to_record(cell(2))));
  EXPECT_TRUE(fails_with([&] { Store(folder / "r", small_study()); }, {"cells.jsonl line 2 is damaged"}));
  EXPECT_TRUE(fails_with([&] { read_store(folder / "r"); }, {"cells.jsonl line 2 is damaged"}));
  CellResult other = cell(1);
  other.test.objective = 0.9;
  write_file(cells, sound + to_line(to_record(other)) + to_line(to_record(cell(2))));
  EXPECT_TRUE(fails_with([&] { read_store(folder / "r"); }, {"line 2", "repeats", "another result"}));
}

TEST(Store, GrowsWithItsStudyButNotUnderOtherSettings) {
  const TemporaryFolder folder;
  { Store(folder / "r", small_study()).append(to_record(cell(1))); }
  Study more = small_study();
  more.seeds = {0, 1, 2};
  more.measures = {"spd", "aod"};
  EXPECT_EQ(Store(folder / "r", more).size(), 1U);
  EXPECT_EQ(read_store(folder / "r").study.seeds.size(), 3U);
  EXPECT_TRUE(fails_with([&] { Store(folder / "r", small_study("max_epochs = 7\nsplit_seed = 3\n")); },
                         {"other settings", "max_epochs was 1001 and is 7", "split_seed was 101 and is 3"}));
  Study task = more;
  task.tasks[0].data = "adult";
  EXPECT_TRUE(fails_with([&] { Store(folder / "r", task); }, {"the task t has other settings"}));
  EXPECT_EQ(read_store(folder / "r").study.seeds.size(), 3U);  // a refusal changes nothing
}

TEST(Store, AFolderOfSomethingElseIsRefused) {
  const TemporaryFolder folder;
  EXPECT_TRUE(fails_with([&] { read_store(folder / "none"); }, {"holds no results of a study"}));
  write_file(folder / "file", "");
  EXPECT_TRUE(fails_with([&] { Store(folder / "file", small_study()); }, {"cannot write results to"}));
  write_file(folder / "cells.jsonl", "precious");
  EXPECT_TRUE(fails_with([&] { Store(folder.path(), small_study()); }, {"these are no results of a study"}));
  EXPECT_EQ(read_file(folder / "cells.jsonl"), "precious");
}

// The largest size of a file stands in for a full disk: a write beyond it fails part of the way.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, SIG_DFL);
  }

 private:
  rlimit before_{};
};

TEST(Store, AFullDiskLosesNothing) {
  const TemporaryFolder folder;
  const auto cells = folder / "r" / "cells.jsonl";
  Store store(folder / "r", small_study());
  store.append(to_record(cell(1)));
  const std::string sound = read_file(cells);
  {
    const FileSizeLimit limit(sound.size() + 100);
    EXPECT_TRUE(fails_with([&] { store.append(to_record(cell(2))); },
                           {"cannot write", "cells.jsonl", "File too large", "1 results in it are safe"}));
  }
  EXPECT_EQ(read_file(cells), sound);
  store.append(to_record(cell(2)));
  EXPECT_EQ(read_file(cells), sound + to_line(to_record(cell(2))));
}

}  // namespace
}  // namespace posthoc::study
