#include <fmt/core.h>
#include <gtest/gtest.h>

#include "cli/program.h"

namespace posthoc::testing {
namespace {

using Json = nlohmann::json;

// 300 people: `income` tells the label apart, `job` is text, women are granted less often.
std::string loans() {
  std::string text = "sex;income;job;note;granted\n";
  for (int i = 0; i < 300; ++i) {
    const bool woman = i % 3 == 0;
    const bool granted = i % (woman ? 5 : 2) == 0;
    const int income = 1000 + (granted ? 400 : 0) + i * 37 % 500;
    text +=
        fmt::format("{};{};{};{};{}\n", woman ? "f" : (i % 2 == 0 ? "m" : "d"), i == 7 ? "NA" : std::to_string(income),
                    i % 4 == 0 ? "clerk" : "cook", i, granted ? "yes" : "no");
  }
  return text;
}

// 300 rows of which nine in ten have the favourable label; nothing but the group is known of a person.
std::string skewed() {
  std::string text = "sex,copy,granted\n";
  for (int i = 0; i < 300; ++i) text += fmt::format("{0},{0},{1}\n", i % 2, i % 20 < 2 ? "no" : "yes");
  return text;
}

class CsvData : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string written(const std::string& text) {
    write_file(folder_ / "data.csv", text);
    return path("data.csv");
  }

  TemporaryFolder folder_;
  std::string model_ = path("model.safetensors");
};

TEST_F(CsvData, WorksEndToEnd) {
  const Arguments data = {"--data", written(loans()), "--protected", "sex",    "--label", "granted",     "--favorable",
                          "yes",    "--privileged",   "m,d",         "--drop", "note",    "--separator", ";"};
  const Json trained = json_of(Arguments{"train", "-o", model_} + data + small_network);
  EXPECT_EQ(trained["architecture"]["input"], 4);  // sex, income, two jobs
  EXPECT_EQ(trained["data"]["protected"], "sex");
  EXPECT_EQ(trained["data"]["favorable"], "yes");
  EXPECT_EQ(trained["data"]["sha256"].get<std::string>().size(), 64U);
  const Json evaluated = json_of(Arguments{"evaluate", "--model", model_} + data);
  for (const char* key : {"rule", "valid", "test", "data"}) EXPECT_EQ(evaluated[key], trained[key]) << key;
  const Json debiased =
      json_of(Arguments{"debias", "--model", model_, "-o", path("fair.safetensors")} + few_trials + data);
  const Json fair = json_of(Arguments{"evaluate", "--model", path("fair.safetensors")} + data);
  for (const char* key : {"rule", "valid", "test"}) EXPECT_EQ(fair[key], debiased[key]) << key;
  EXPECT_EQ(fair["valid"]["n"].get<int>() + fair["test"]["n"].get<int>(), 120);  // 40 % of 299: one row is incomplete
}

TEST_F(CsvData, ChangedDataAreWarnedOf) {
  const Arguments data = {"--data",  path("data.csv"), "--protected", "sex",          "--label",
                          "granted", "--favorable",    "yes",         "--privileged", "1"};
  written(skewed());
  ASSERT_TRUE(succeeds_quietly(Arguments{"train", "-o", model_} + data + small_network));
  written(skewed() + "1,1,yes\n");
  const Json evaluated = json_of(Arguments{"evaluate", "--model", model_} + data);
  ASSERT_EQ(evaluated["warnings"].size(), 1U);
  EXPECT_NE(evaluated["warnings"][0].get<std::string>().find("checksums differ"), std::string::npos);
}

TEST_F(CsvData, ADecisionThatSaysYesToEverybodyIsFlagged) {
  const Arguments data = {"--data",  written(skewed()), "--protected", "sex",          "--label",
                          "granted", "--favorable",     "yes",         "--privileged", "1"};
  ASSERT_TRUE(succeeds_quietly(Arguments{"train", "-o", model_} + data + small_network));
  const Arguments debias = Arguments{"debias", "--model", model_, "--lambda", "0.75"} + few_trials + data;
  const Json json = json_of(debias);
  for (const char* part : {"valid", "test"}) {
    EXPECT_EQ(json[part]["degenerate"], true) << json[part];
    EXPECT_TRUE(json[part].contains("degenerate_reason"));
    EXPECT_EQ(json[part]["objective"], json["baselines"]["majority"][part]["objective"]);
  }
  const Ran ran = run_program(debias);
  const std::size_t row = ran.out.find("\nrandom ");
  ASSERT_NE(row, std::string::npos) << ran.out;
  EXPECT_NE(ran.out.substr(row + 1, ran.out.find('\n', row + 1) - row - 1).find("degenerate"), std::string::npos)
      << ran.out;
  EXPECT_NE(ran.out.find("degenerate: random, validation: "), std::string::npos) << ran.out;
}

TEST_F(CsvData, FilesAndOptionsThatDoNotFitAreRefused) {
  const auto refused = [&](const std::string& text, const Arguments& options, std::string_view part) {
    return refuses(
        Arguments{"train", "-o", model_, "--data", written(text), "--protected", "sex"} + options + small_network, 1,
        part, folder_);
  };
  written("");  // the file stands before the first comparison of what the folder holds
  const Arguments described = {"--label", "granted", "--favorable", "yes", "--privileged", "1"};
  EXPECT_TRUE(refused(skewed(), {}, "--label"));
  EXPECT_TRUE(refused(skewed(), {"--label", "granted"}, "--favorable"));
  EXPECT_TRUE(refused(skewed(), {"--label", "granted", "--favorable", "yes"}, "--privileged"));
  EXPECT_TRUE(refused(skewed(), {"--label", "none", "--favorable", "yes", "--privileged", "1"}, "none"));
  EXPECT_TRUE(refused(skewed(), {"--label", "granted", "--favorable", "maybe", "--privileged", "1"}, "maybe"));
  EXPECT_TRUE(refused(skewed(), {"--label", "granted", "--favorable", "yes", "--privileged", "7"}, "7"));
  EXPECT_TRUE(refused(skewed(), described + Arguments{"--drop", "none"}, "none"));
  EXPECT_TRUE(refused(skewed(), described + Arguments{"--separator", ";"}, ""));
  EXPECT_TRUE(refused("", described, "empty"));
  EXPECT_TRUE(refused("sex,copy,granted\n", described, "data.csv"));
  EXPECT_TRUE(refused("sex,copy,granted\n1,2\n", described, "line 2"));
  EXPECT_TRUE(refused("sex,copy,granted\n1,\"2,yes\n", described, "data.csv"));
  EXPECT_TRUE(
      refused("\x7f"
              "ELF\x02\x01 garbage\n\xff\xfe\n",
              described, "data.csv"));
  EXPECT_TRUE(refused(std::string("sex,copy,granted\n1,\0,yes\n", 25), described, "NUL"));
  EXPECT_TRUE(refused("sex,copy,granted\n1,NA,yes\n0,NA,no\n", described, "column 'copy': every value is missing"));
  EXPECT_TRUE(refused("sex,copy,granted\n1,NA,yes\nNA,1,no\n", described, "no row is left"));
  EXPECT_TRUE(refused("sex,copy,granted\n1,1,yes\n0,0,no\n", described, "rows"));
}

}  // namespace
}  // namespace posthoc::testing
