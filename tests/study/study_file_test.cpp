#include "study/study_file.h"

#include <gtest/gtest.h>
#include <string>
#include <string_view>

#include "support/expect_error.h"

namespace posthoc::study {
namespace {

using posthoc::testing::fails_with;

constexpr std::string_view kStudy =
    "name = \"s\"\n"                   // line 1
    "measures = [\"spd\", \"eod\"]\n"  // 2
    "seeds = [0, 7]\n"                 // 3
    "[[tasks]]\n"                      // 4
    "name = \"t\"\n"                   // 5
    "data = \"compas\"\n"              // 6
    "protected = \"race\"\n"           // 7
    "[[methods]]\n"                    // 8
    "name = \"random\"\n"              // 9
    "trials = 3\n"                     // 10
    "[[architectures]]\n"              // 11
    "depth = 2\n";                     // 12

// The study with one text replaced; the text must be there.
std::string changed(std::string_view old, std::string_view by) {
  std::string text(kStudy);
  const std::size_t at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return text.replace(at, old.size(), by);
}

::testing::AssertionResult refused(std::string_view old, std::string_view by,
                                   std::initializer_list<std::string_view> parts) {
  return fails_with([&] { parse_study(changed(old, by), "f.toml"); }, parts);
}

TEST(StudyFile, TheQuickStudyIsWhatItsFileSays) {
  const Study study = read_study("study/quick.toml");
  EXPECT_EQ(study.name, "quick");
  ASSERT_EQ(study.tasks.size(), 5U);
  EXPECT_EQ(study.tasks[0].data, "synthetic");
  EXPECT_EQ(study.tasks[0].protected_attribute, "group");
  EXPECT_FALSE(study.tasks[0].optional);
  EXPECT_TRUE(study.tasks[4].optional);
  EXPECT_EQ(study.measures, (std::vector<std::string>{"spd", "eod"}));
  EXPECT_EQ(study.performance, "accuracy");
  EXPECT_EQ(study.lambda, 0.75);
  EXPECT_EQ(study.threshold_search, fairness::ThresholdSearch::exact());
  EXPECT_EQ(study.seeds, (std::vector<std::uint64_t>{0, 1}));
  EXPECT_EQ(study.split_seed, 101U);
  EXPECT_EQ(study.max_epochs, 20);
  EXPECT_EQ(study.patience, 10);
  ASSERT_EQ(study.methods.size(), 9U);
  EXPECT_EQ(study.methods[3].name, "random");
  EXPECT_EQ(study.methods[3].label, "random");
  EXPECT_EQ(study.methods[3].options.random.trials, 21);
  EXPECT_EQ(study.methods[3].options.random.sigma, 0.1);
  EXPECT_EQ(study.methods[4].options.layerwise.calls, 12);
  EXPECT_EQ(study.methods[5].options.adversarial.rounds, 2);
  EXPECT_FALSE(study.methods[8].calibrated_cost_given);
  ASSERT_EQ(study.architectures.size(), 1U);
  EXPECT_EQ(study.architectures[0].depth, 10);
  EXPECT_EQ(study.architectures[0].width, 32);
  EXPECT_EQ(study.architectures[0].dropout, 0.2);
  ASSERT_EQ(study.experiments.size(), 2U);
  EXPECT_EQ(study.experiments[0].protocols.size(), 2U);
  EXPECT_EQ(study.experiments[0].tasks.size(), 5U);
  EXPECT_EQ(study.experiments[1].objective, fairness::Objective::Kind::constrained);
  EXPECT_EQ(study.experiments[1].weight, 0.05);
  EXPECT_EQ(study.experiments[1].performance, "balanced_accuracy");
  EXPECT_EQ(study.experiments[1].protocols, std::vector{Protocol()});
  for (const ProtocolSwitch& entry : protocol_switches()) EXPECT_FALSE(study.protocol.*entry.member) << entry.name;
}

TEST(StudyFile, ThePapersStudyReadsBack) {
  const Study study = read_study("study/paper.toml");
  EXPECT_EQ(study.seeds.size(), 10U);
  EXPECT_EQ(study.tasks.size(), 4U);
  EXPECT_EQ(to_toml(parse_study(to_toml(study), "again")), to_toml(study));
}

TEST(StudyFile, WhatIsNotSaidIsThePapers) {
  const Study study = parse_study(changed("[[architectures]]\ndepth = 2\n", ""), "f.toml");
  ASSERT_EQ(study.architectures.size(), 1U);
  EXPECT_EQ(study.architectures[0].depth, 10);
  EXPECT_EQ(study.architectures[0].width, 32);
  EXPECT_EQ(study.lambda, 0.75);
  EXPECT_EQ(study.performance, "accuracy");
  EXPECT_EQ(study.methods[0].options.random.sigma, 0.1);
}

TEST(StudyFile, ACsvFileIsDescribed) {
  const Study study =
      parse_study(changed("data = \"compas\"",
                          "data = \"my people.csv\"\nlabel = \"y\"\nfavorable = \"yes\"\nprivileged = [\"a\", \"b\"]\n"
                          "drop = [\"id\"]\ncategorical = [\"zip\"]\nseparator = \"\\t\""),
                  "f.toml");
  const Task& task = study.tasks.at(0);
  EXPECT_EQ(task.data, "my people.csv");
  EXPECT_EQ(task.label, "y");
  EXPECT_EQ(task.favorable, "yes");
  EXPECT_EQ(task.protected_attribute, "race");
  EXPECT_EQ(task.privileged, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(task.dropped, (std::vector<std::string>{"id"}));
  EXPECT_EQ(task.categorical, (std::vector<std::string>{"zip"}));
  EXPECT_EQ(task.separator, '\t');
}

TEST(StudyFile, AProtocolIsANameOrATableOfSwitches) {
  const Protocol published = parse_study("protocol = \"published\"\n" + std::string(kStudy), "f").protocol;
  for (const ProtocolSwitch& entry : protocol_switches()) EXPECT_TRUE(published.*entry.member) << entry.name;
  for (const ProtocolSwitch& one : protocol_switches()) {
    const std::string table = "protocol = {base = \"published\", " + std::string(one.name) + " = false}\n";
    const Protocol mixed = parse_study(table + std::string(kStudy), "f").protocol;
    for (const ProtocolSwitch& entry : protocol_switches()) {
      EXPECT_EQ(mixed.*entry.member, entry.name != one.name) << one.name << ", " << entry.name;
    }
  }
}

TEST(StudyFile, ClassifiersAndSensitivityAreAskedForByTheirTables) {
  const Study without = parse_study(kStudy, "f.toml");
  EXPECT_TRUE(without.classifiers.tasks.empty());
  EXPECT_TRUE(without.sensitivity.tasks.empty());
  const std::string tables = std::string(kStudy) +
                             "[classifiers]\nseeds = [3]\n"
                             "[sensitivity]\ntasks = [\"t\"]\ntrials = 50\ngradients = 4\nsigma = 0.2\n";
  const Study study = parse_study(tables, "f.toml");
  EXPECT_EQ(study.classifiers.tasks, std::vector<std::string>{"t"});
  EXPECT_EQ(study.classifiers.seeds, std::vector<std::uint64_t>{3});
  EXPECT_EQ(study.sensitivity.tasks, std::vector<std::string>{"t"});
  EXPECT_EQ(study.sensitivity.seeds, study.seeds);
  EXPECT_EQ(study.sensitivity.options.trials, 50);
  EXPECT_EQ(study.sensitivity.options.held_out, 250);
  EXPECT_EQ(study.sensitivity.options.gradients, 4);
  EXPECT_EQ(study.sensitivity.options.sigma, 0.2);
  EXPECT_EQ(to_toml(parse_study(to_toml(study), "again")), to_toml(study));
  const auto refused_table = [&](const std::string& text, std::initializer_list<std::string_view> parts) {
    return fails_with([&] { parse_study(std::string(kStudy) + text, "f.toml"); }, parts);
  };
  EXPECT_TRUE(
      refused_table("[classifiers]\ntasks = [\"u\"]\n", {"line 14", "classifiers.tasks", "no 'u'", "it has t"}));
  EXPECT_TRUE(refused_table("[sensitivity]\ntrials = 9\n", {"sensitivity.trials", "10 to 20000, got 9"}));
  EXPECT_TRUE(refused_table("[sensitivity]\ngradients = 5\n", {"sensitivity.gradients", "even"}));
  EXPECT_TRUE(refused_table("[sensitivity]\ntrial = 9\n", {"sensitivity.trial", "no such key"}));
  EXPECT_TRUE(refused_table("[[sensitivity]]\ntrials = 20\n", {"expected a table, got an array"}));
}

TEST(StudyFile, AProtocolIsNamedByWhatDiffersFromTheNearerOne) {
  EXPECT_EQ(to_string(Protocol()), "corrected");
  EXPECT_EQ(to_string(parse_protocol("published")), "published");
  for (const ProtocolSwitch& one : protocol_switches()) {
    const std::string name(one.name);
    const Protocol on = parse_protocol("corrected+" + name);
    EXPECT_TRUE(on.*one.member);
    EXPECT_EQ(to_string(on), "corrected+" + name);
    EXPECT_EQ(parse_protocol("corrected+" + name + "-" + name), Protocol());
    EXPECT_EQ(to_string(parse_protocol("published-" + name)), "published-" + name);
  }
  EXPECT_TRUE(fails_with([] { parse_protocol("correct"); }, {"expected \"corrected\" or \"published\"", "correct"}));
  EXPECT_TRUE(fails_with([] { parse_protocol("published-x"); }, {"no switch \"x\"", "empty_cell_is_zero"}));
  EXPECT_TRUE(fails_with([] { parse_protocol("published-"); }, {"no switch \"\""}));
}

TEST(StudyFile, AnExperimentHasWhatTheStudyHasUnlessItSaysOtherwise) {
  const Study study =
      parse_study(std::string(kStudy) +
                      "[[methods]]\nlabel = \"more\"\nname = \"random\"\ntrials = 5\n"
                      "[[experiments]]\nname = \"a\"\n"
                      "[[experiments]]\nname = \"b\"\nmethods = [\"more\"]\nmeasures = [\"aod\"]\nseeds = [3]\n"
                      "protocols = [\"published\", \"corrected+empty_cell_is_zero\"]\nlambda = 0.5\n"
                      "[[experiments.architectures]]\nwidth = 64\n",
                  "f.toml");
  ASSERT_EQ(study.experiments.size(), 2U);
  const Experiment& a = study.experiments[0];
  EXPECT_EQ(a.tasks, std::vector<std::string>{"t"});
  EXPECT_EQ(a.methods, (std::vector<std::string>{"random", "more"}));
  EXPECT_EQ(a.seeds, study.seeds);
  EXPECT_EQ(a.architectures, study.architectures);
  EXPECT_EQ(a.protocols, std::vector{Protocol()});
  EXPECT_EQ(a.weight, 0.75);
  const Experiment& b = study.experiments[1];
  EXPECT_EQ(b.methods, std::vector<std::string>{"more"});
  EXPECT_EQ(b.measures, std::vector<std::string>{"aod"});
  EXPECT_EQ(b.seeds, std::vector<std::uint64_t>{3});
  EXPECT_EQ(b.architectures, (std::vector{Architecture{10, 64, 0.2}}));
  EXPECT_EQ(b.protocols.size(), 2U);
  EXPECT_EQ(b.weight, 0.5);
  EXPECT_EQ(study.method("more").options.random.trials, 5);
  EXPECT_EQ(parse_study(kStudy, "f.toml").experiments.size(), 1U);
}

TEST(StudyFile, AnExperimentThatMakesNoSenseIsRefused) {
  const auto refused_with = [](const std::string& keys, std::initializer_list<std::string_view> parts) {
    return fails_with([&] { parse_study(std::string(kStudy) + "[[experiments]]\nname = \"a\"\n" + keys, "f.toml"); },
                      parts);
  };
  EXPECT_TRUE(
      refused_with("tasks = [\"u\"]", {"f.toml line 15", "experiments[0].tasks: the study has no 'u'; it has t"}));
  EXPECT_TRUE(refused_with("methods = [\"default\"]", {"experiments[0].methods", "it has random"}));
  EXPECT_TRUE(refused_with("protocols = [\"old\"]", {"experiments[0].protocols: expected"}));
  EXPECT_TRUE(refused_with("protocols = [\"corrected\", \"corrected-empty_cell_is_zero\"]", {"corrected is repeated"}));
  EXPECT_TRUE(refused_with("epsilon = 0.1", {"experiments[0].epsilon: belongs to objective"}));
  EXPECT_TRUE(refused_with("objective = \"constrained\"\nlambda = 0.1", {"experiments[0].lambda: belongs to"}));
  EXPECT_TRUE(refused_with("objective = \"both\"", {"experiments[0].objective: expected"}));
  EXPECT_TRUE(refused_with("[[experiments]]\nname = \"a\"", {"experiments[1].name: a is repeated"}));
  EXPECT_TRUE(
      refused_with("[[experiments.architectures]]\ndepth = -1", {"experiments[0].architectures[0].depth: expected 0"}));
}

TEST(StudyFile, AMeasureIsKnownByItsShortName) {
  const Study study = parse_study(changed("\"spd\"", "\"statistical_parity_difference\""), "f.toml");
  EXPECT_EQ(study.measures[0], "spd");
  EXPECT_TRUE(refused("\"eod\"", "\"statistical_parity_difference\"", {"f.toml line 2", "measures: spd is repeated"}));
}

TEST(StudyFile, WhatWasWrittenReadsBack) {
  for (const std::string& text : {std::string(kStudy), changed("trials = 3", "trials = 3\nsigma = 1e-300"),
                                  changed("\"compas\"",
                                          "\"x.csv\"\nlabel = \"a\\n\\\"\\\\\"\nfavorable = \"\\u007f\"\n"
                                          "privileged = [\"1\"]")}) {
    const Study study = parse_study(text, "f.toml");
    const Study again = parse_study(to_toml(study), "again");
    EXPECT_EQ(to_toml(again), to_toml(study));
    EXPECT_EQ(again.tasks[0].label, study.tasks[0].label);
    EXPECT_EQ(again.tasks[0].favorable, study.tasks[0].favorable);
    EXPECT_EQ(again.methods[0].options.random.sigma, study.methods[0].options.random.sigma);
    EXPECT_EQ(again.seeds, study.seeds);
  }
}

TEST(StudyFile, AnErrorNamesFileLineColumnAndKey) {
  EXPECT_TRUE(
      refused("seeds", "sedes", {"f.toml line 3, column 1: sedes: there is no such key", "name, tasks, measures"}));
  EXPECT_TRUE(refused("protected", "protect", {"f.toml line 7, column 1: tasks[0].protect: there is no such key"}));
  EXPECT_TRUE(refused("trials = 3", "  trials = \"3\"",
                      {"f.toml line 10, column 12: methods[0].trials: expected a whole number, got a text"}));
  EXPECT_TRUE(refused("[0, 7]", "[0, 0]", {"f.toml line 3, column 13: seeds: 0 is repeated"}));
  EXPECT_TRUE(
      refused("depth = 2", "depth = -1", {"f.toml line 12, column 9: architectures[0].depth: expected 0 to 1000"}));
  EXPECT_TRUE(refused("name = \"t\"\n", "", {"f.toml line 4", "tasks[0].name: expected this key, but it is missing"}));
  EXPECT_TRUE(refused("seeds = [0, 7]\n", "", {"f.toml line 1", "seeds: expected this key, but it is missing"}));
  EXPECT_TRUE(refused("seeds = [0, 7]", "seeds = [0, 7", {"f.toml line 4, column 1: this is not TOML"}));
  EXPECT_TRUE(refused("seeds", "name = \"again\"\nseeds", {"f.toml line 3", "this is not TOML", "name"}));
}

TEST(StudyFile, NamesAreThoseOfTheTables) {
  EXPECT_TRUE(refused("\"spd\"", "\"sdp\"", {"line 2, column 12: measures", "sdp", "spd, "}));
  EXPECT_TRUE(refused("\"spd\"", "\"accuracy\"", {"measures", "accuracy"}));
  EXPECT_TRUE(
      refused("\"compas\"", "\"compass\"", {"line 6, column 8: tasks[0].data", "adult, bank, compas, synthetic"}));
  EXPECT_TRUE(refused("\"race\"", "\"rase\"", {"line 7, column 13: tasks[0].protected", "compas", "race"}));
  EXPECT_TRUE(refused("\"random\"", "\"randon\"", {"line 9, column 8: methods[0].name", "threshold, random"}));
  EXPECT_TRUE(refused("\"random\"", "\"default\"", {"line 10, column 1: methods[0].trials: there is no such key"}));
}

TEST(StudyFile, WhatMakesNoSenseIsRefused) {
  EXPECT_TRUE(refused("\"compas\"", "\"compas\"\nlabel = \"y\"", {"tasks[0].label: describes a CSV file"}));
  EXPECT_TRUE(refused("\"compas\"", "\"x.csv\"", {"tasks[0].label: expected this key"}));
  EXPECT_TRUE(refused("name = \"s\"", "name = \"../s\"", {"line 1, column 8: name"}));
  EXPECT_TRUE(refused("[0, 7]", "[-1]", {"seeds: expected 0 to"}));
  EXPECT_TRUE(refused("[0, 7]", "[]", {"seeds: expected an array of whole numbers"}));
  EXPECT_TRUE(refused("name = \"s\"", "name = \"s\"\nlambda = nan", {"lambda: expected 0 to 1, got nan"}));
  EXPECT_TRUE(refused("name = \"s\"", "name = \"s\"\nprotocol = \"old\"", {"protocol: expected \"corrected\" or"}));
  EXPECT_TRUE(refused("trials = 3", "trials = 0", {"methods[0].trials: expected 1 to"}));
  EXPECT_TRUE(refused("trials = 3", "sigma = 0.0", {"methods[0].name: random: sigma must lie in"}));
  EXPECT_TRUE(refused("[[architectures]]", "[[methods]]\nname = \"random\"\n[[architectures]]",
                      {"methods[1].name: random is repeated"}));
  EXPECT_TRUE(refused("[[methods]]", "[[tasks]]\nname = \"t\"\ndata = \"bank\"\nprotected = \"age\"\n[[methods]]",
                      {"tasks[1].name: t is repeated"}));
  EXPECT_TRUE(
      refused("depth = 2\n", "depth = 2\n[[architectures]]\ndepth = 2\n", {"architectures: entry 1 is repeated"}));
  EXPECT_TRUE(fails_with([] { parse_study(std::string(max_study_bytes + 1, '#'), "f.toml"); }, {"f.toml", "at most"}));
  EXPECT_TRUE(fails_with([] { read_study("no/such.toml"); }, {"no/such.toml"}));
}

}  // namespace
}  // namespace posthoc::study
