#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/program.h"
#include "debias/method.h"

namespace posthoc::testing {
namespace {

using Json = nlohmann::json;

// Every method in a moment.
const Arguments quick = {
    "--random-trials",           "3",  "--layerwise-calls",    "4", "--layerwise-initial-points", "2",
    "--layerwise-candidates",    "20", "--adversarial-rounds", "1", "--adversarial-critic-steps", "2",
    "--adversarial-actor-steps", "2"};

// What no two runs share.
void erase_seconds(Json& json) {
  if (json.is_object()) json.erase("seconds");
  if (json.is_structured()) {
    for (Json& part : json) erase_seconds(part);
  }
}

// Of those, the options of one method.
Arguments quick_of(const std::string& method) {
  Arguments own;
  for (std::size_t i = 0; i < quick.size(); i += 2) {
    if (quick[i].starts_with("--" + method + "-")) own = own + Arguments{quick[i], quick[i + 1]};
  }
  return own;
}

class MethodAll : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  [[nodiscard]] Arguments debias(const std::string& method) const {
    return Arguments{"debias", "--model", model_, "--method", method} + synthetic_data;
  }

  TemporaryFolder folder_;
  std::string model_ = trained_model(folder_);
};

TEST_F(MethodAll, ComparesEveryMethodOfTheTable) {
  const Json json = json_of(debias("all") + quick);
  EXPECT_EQ(json["method"], "all");
  ASSERT_EQ(json["methods"].size(), debias::methods().size());
  double best = 2.0;
  for (const debias::MethodEntry& entry : debias::methods()) {
    const std::string name(entry.name);
    ASSERT_TRUE(json["methods"].contains(name)) << name;
    const Json& block = json["methods"][name];
    for (const char* key : {"rule", "valid", "test", "notes", "details", "seconds"}) {
      EXPECT_TRUE(block.contains(key)) << name << " lacks " << key;
    }
    EXPECT_EQ(block.contains("difference"), name != "default") << name;
    EXPECT_EQ(block["test"]["n"], 80) << name;
    const Json& valid = block.contains("expected") ? block["expected"]["valid"] : block["valid"];
    if (!valid["degenerate"].get<bool>()) best = std::min(best, valid["objective"].get<double>());
  }
  const Json& winner = json["methods"][json["best"].get<std::string>()];
  EXPECT_EQ((winner.contains("expected") ? winner["expected"] : winner)["valid"]["objective"], best);
  EXPECT_EQ((winner.contains("expected") ? winner["expected"] : winner)["valid"]["degenerate"], false);
}

TEST_F(MethodAll, AMethodGivesWhatItGivesAlone) {
  Json all = json_of(debias("all") + quick);
  erase_seconds(all);
  for (const debias::MethodEntry& entry : debias::methods()) {
    const std::string name(entry.name);
    Json alone = json_of(debias(name) + quick_of(name));
    erase_seconds(alone);
    for (const auto& [key, value] : all["methods"][name].items()) EXPECT_EQ(alone[key], value) << name << " " << key;
    EXPECT_EQ(alone["baselines"], all["baselines"]) << name;
  }
}

TEST_F(MethodAll, SavesTheBestOne) {
  const Json json = json_of(debias("all") + quick + Arguments{"-o", path("best.safetensors")});
  const Json& best = json["methods"][json["best"].get<std::string>()];
  const Json evaluated = json_of(Arguments{"evaluate", "--model", path("best.safetensors")} + synthetic_data);
  EXPECT_EQ(evaluated["rule"], best["rule"]);
  EXPECT_EQ(evaluated["test"], best["test"]);
  EXPECT_EQ(evaluated.contains("expected"), best.contains("expected"));
}

TEST_F(MethodAll, EveryMethodsModelFileComesBackAsItWas) {
  for (const debias::MethodEntry& entry : debias::methods()) {
    const std::string name(entry.name);
    const Arguments seed = {"--seed", "5"};
    const Json written = json_of(debias(name) + quick_of(name) + seed + Arguments{"-o", path("one.safetensors")});
    const Json read = json_of(Arguments{"evaluate", "--model", path("one.safetensors")} + synthetic_data + seed);
    for (const char* key : {"rule", "valid", "test"}) EXPECT_EQ(read[key], written[key]) << name << " " << key;
    EXPECT_EQ(read.value("expected", Json()), written.value("expected", Json())) << name;
  }
}

TEST_F(MethodAll, TheTableHasARowForEach) {
  const Ran ran = run_program(debias("all") + quick);
  ASSERT_EQ(ran.code, 0) << ran.err;
  for (const debias::MethodEntry& entry : debias::methods()) {
    const std::string name = std::string(entry.name) + " ";
    EXPECT_TRUE(ran.out.starts_with(name) || ran.out.find("\n" + name) != std::string::npos) << name << "\n" << ran.out;
  }
  for (const char* part : {"95 % interval", "seconds", "degenerate: majority, test: ", "\nbest: "}) {
    EXPECT_NE(ran.out.find(part), std::string::npos) << part << " is missing in\n" << ran.out;
  }
}

TEST_F(MethodAll, TheNumberOfThreadsChangesNothing) {
  std::vector<Json> results;
  for (const char* threads : {"1", "2"}) {
    results.push_back(json_of(debias("all") + quick + Arguments{"--threads", threads}));
    erase_seconds(results.back());
  }
  EXPECT_EQ(results[0], results[1]);
}

TEST_F(MethodAll, ABadOptionOfAnyMethodIsRefusedAtOnce) {
  const Arguments output = {"-o", path("best.safetensors")};
  EXPECT_TRUE(refuses(debias("all") + output + Arguments{"--random-trials", "0"}, 1, "trials", folder_));
  EXPECT_TRUE(refuses(debias("all") + output + Arguments{"--random-trials", "x"}, 2, "--random-trials", folder_));
  EXPECT_TRUE(refuses(debias("all") + output + Arguments{"--measure", "x"}, 1, "spd", folder_));
  EXPECT_TRUE(refuses(debias("All") + output, 1, "no method 'All'", folder_));
}

// Four groups, which the rules for two know nothing of.
TEST(MethodAllGroups, AMethodThatCannotRunIsARowWithItsReason) {
  const TemporaryFolder folder;
  std::string text = "sex,age,x,granted\n";
  for (int i = 0; i < 400; ++i) {
    const bool granted = i % (i % 2 == 0 ? 5 : 2) == 0;
    text += fmt::format("{},{},{},{}\n", i % 2 == 0 ? "f" : "m", i % 3 == 0 ? 50 : 20, granted ? i % 70 : -(i % 60),
                        granted ? "yes" : "no");
  }
  write_file(folder / "data.csv", text);
  const std::string model = (folder / "model.safetensors").string();
  const Arguments data = {"--data",       (folder / "data.csv").string(),
                          "--label",      "granted",
                          "--favorable",  "yes",
                          "--protected",  "sex,age",
                          "--privileged", "sex=m",
                          "--privileged", "age>=40"};
  ASSERT_TRUE(succeeds_quietly(Arguments{"train", "-o", model} + data + small_network));
  const Arguments all = Arguments{"debias", "--model", model, "--method", "all", "--min-group", "1"} + data + quick;
  const Json json = json_of(all);
  EXPECT_TRUE(json["methods"]["threshold"].contains("rule"));
  const Ran ran = run_program(all);
  EXPECT_EQ(ran.code, 0) << ran.err;
  for (const char* name : {"reject-option", "equalized-odds", "calibrated-equalized-odds"}) {
    if (!json["methods"].contains(name)) continue;
    EXPECT_NE(json["methods"][name]["error"].get<std::string>().find("group"), std::string::npos) << name;
    EXPECT_FALSE(json["methods"][name].contains("rule"));
    EXPECT_NE(ran.out.find(std::string("failed: ") + name + ": "), std::string::npos) << ran.out;
  }
}

// A network that scores everybody alike: nothing but constants can be decided.
TEST(MethodAllDegenerate, NothingIsSavedWhereEveryResultIsDegenerate) {
  const TemporaryFolder folder;
  std::string text = "sex,x,granted\n";
  for (int i = 0; i < 200; ++i) text += fmt::format("{},1,{}\n", i % 2 == 0 ? "f" : "m", i % 10 == 0 ? "no" : "yes");
  write_file(folder / "data.csv", text);
  const std::string model = (folder / "model.safetensors").string();
  const Arguments data = {"--data",       (folder / "data.csv").string(),
                          "--label",      "granted",
                          "--favorable",  "yes",
                          "--protected",  "sex",
                          "--privileged", "m"};
  ASSERT_TRUE(succeeds_quietly(Arguments{"train", "-o", model, "--restarts", "0"} + data + small_network));
  const Ran ran = run_program(Arguments{"debias", "--model", model, "--method", "all", "-o",
                                        (folder / "best.safetensors").string(), "--random-sigma", "1e-9",
                                        "--layerwise-box", "1e-9", "--adversarial-learning-rate", "1e-9"} +
                              data + quick);
  EXPECT_EQ(ran.code, 1);
  EXPECT_FALSE(std::filesystem::exists(folder / "best.safetensors"));
  EXPECT_NE(ran.err.find("was not written"), std::string::npos) << ran.err;
  EXPECT_NE(ran.out.find("best: none"), std::string::npos) << ran.out;
}

}  // namespace
}  // namespace posthoc::testing
