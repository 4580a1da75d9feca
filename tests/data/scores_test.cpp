#include "data/scores.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "support/expect_error.h"
#include "support/temporary_folder.h"

namespace posthoc::data {
namespace {

using testing::fails_with;

TEST(Scores, ReadsTheColumnsInAnyOrderAndKeepsOthers) {
  const Scores scores =
      parse_scores("score,name,group,label\n0.25,ann,1,0\n1e0,bob,0,1\n 0 ,\"c,d\",12,1.0\n", "s.csv");
  EXPECT_EQ(scores.scores, (std::vector<double>{0.25, 1, 0}));
  EXPECT_EQ(scores.labels, (std::vector<std::uint8_t>{0, 1, 1}));
  EXPECT_EQ(scores.groups, (std::vector<std::int32_t>{1, 0, 12}));
  EXPECT_EQ(scores.table.field(2, 1), "c,d");
  EXPECT_EQ(scores.table.names().size(), 4U);
}

TEST(Scores, TheChecksumIsThatOfTheFile) {
  const testing::TemporaryFolder folder;
  write_file(folder / "s.csv", "label,group,score\n1,0,0.5\n");
  // printf 'label,group,score\n1,0,0.5\n' | sha256sum
  EXPECT_EQ(read_scores(folder / "s.csv").checksum, "b81cc1fb8bf9160b18c502f2a7f295567fc3a3cc46846287861f3733c77e4218");
}

TEST(Scores, ABadFieldIsNamedByFileLineAndColumn) {
  const auto refuses = [](const std::string& row, std::initializer_list<std::string_view> parts) {
    return fails_with([&] { parse_scores("label,group,score\n1,0,0.5\n\n" + row + "\n", "s.csv"); }, parts);
  };
  for (const std::string label : {"2", "-1", "0.5", "", "yes", "nan", "1x", "True", "+1"}) {
    EXPECT_TRUE(refuses(label + ",0,0.5", {"s.csv line 4, column 'label'", "'" + label + "'"})) << label;
  }
  for (const std::string group : {"-1", "1.5", "1000", "1e300", "", "a", "inf", "nan"}) {
    EXPECT_TRUE(refuses("1," + group + ",0.5", {"s.csv line 4, column 'group'", "'" + group + "'"})) << group;
  }
  for (const std::string score : {"nan", "NaN", "inf", "-inf", "1.0000001", "-0.1", "", "high", "0.5%", "0x1"}) {
    EXPECT_TRUE(refuses("1,0," + score, {"s.csv line 4, column 'score'", "'" + score + "'"})) << score;
  }
  EXPECT_TRUE(refuses("1,0", {"s.csv line 4", "expected 3 fields, got 2"}));
  EXPECT_TRUE(refuses("1,0,0.5,7", {"s.csv line 4", "expected 3 fields, got 4"}));
}

TEST(Scores, ABadHeaderIsRefused) {
  const auto refuses = [](const std::string& text, std::initializer_list<std::string_view> parts) {
    return fails_with([&] { parse_scores(text, "s.csv"); }, parts);
  };
  EXPECT_TRUE(refuses("", {"s.csv", "empty"}));
  EXPECT_TRUE(refuses("\n\n", {"s.csv", "empty"}));
  EXPECT_TRUE(refuses("label,group,score\n", {"s.csv", "only a header"}));
  EXPECT_TRUE(refuses("label,group\n1,0\n", {"s.csv", "one column 'score'", "got 0", "label, group"}));
  EXPECT_TRUE(refuses("label,group,score,group\n1,0,0.5,0\n", {"s.csv", "one column 'group'", "got 2"}));
  EXPECT_TRUE(refuses("Label,group,score\n1,0,0.5\n", {"s.csv", "one column 'label'", "Label"}));
  EXPECT_TRUE(refuses("1,0,0.5\n1,0,0.5\n", {"s.csv", "one column 'label'"}));
  EXPECT_TRUE(refuses("label;group;score\n1;0;0.5\n", {"s.csv"}));
}

TEST(Scores, AMillionRowsAreRead) {
  std::string text = "label,group,score\n";
  for (int i = 0; i < 1'000'000; ++i) text += i % 2 == 0 ? "1,0,0.7842581169942137\n" : "0,1,0.2840510141976307\n";
  const Scores scores = parse_scores(text, "s.csv");
  EXPECT_EQ(scores.scores.size(), 1'000'000U);
  EXPECT_EQ(scores.scores.back(), 0.2840510141976307);
}

TEST(Scores, NewPeopleHaveNoLabels) {
  const std::string text = "group,score\n1,0.25\n0,0.5\n";
  const Scores scores = parse_scores(text, "s.csv", LabelsAre::optional);
  EXPECT_TRUE(scores.labels.empty());
  EXPECT_EQ(scores.scores, (std::vector<double>{0.25, 0.5}));
  EXPECT_EQ(scores.groups, (std::vector<std::int32_t>{1, 0}));
  EXPECT_TRUE(fails_with([&] { parse_scores(text, "s.csv"); }, {"'label'"}));
  // Where there are labels they are read, and must be sound.
  EXPECT_EQ(parse_scores("label,group,score\n1,1,0.25\n", "s.csv", LabelsAre::optional).labels.size(), 1U);
  EXPECT_TRUE(
      fails_with([&] { parse_scores("label,group,score\n,1,0.25\n", "s.csv", LabelsAre::optional); }, {"line 2"}));
  EXPECT_TRUE(fails_with([&] { parse_scores("label,label,group,score\n1,1,1,0.25\n", "s.csv", LabelsAre::optional); },
                         {"one column 'label'"}));
}

}  // namespace
}  // namespace posthoc::data
