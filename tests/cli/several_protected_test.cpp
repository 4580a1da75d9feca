#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/program.h"

namespace posthoc::testing {
namespace {

using Json = nlohmann::json;

// 400 people, of whom only fourteen are women of 40 or more; `x` tells the label apart.
std::string people() {
  std::string text = "sex,age,x,granted\n";
  for (int i = 0; i < 400; ++i) {
    const bool old = i % 3 == 0;
    const bool woman = old ? i % 10 == 0 : i % 2 == 0;
    const bool granted = i % (woman ? 5 : 2) == 0;
    text += fmt::format("{},{},{},{}\n", woman ? "f" : "m", old ? 40 + i % 30 : 20 + i % 20,
                        granted ? i % 70 : -(i % 60), granted ? "yes" : "no");
  }
  return text;
}

// The first of the two combinations that are neither unprivileged nor privileged by both columns: group 2.
const std::string old_women = "sex: unprivileged, age: privileged";

class SeveralProtected : public ::testing::Test {
 protected:
  void SetUp() override {
    write_file(folder_ / "data.csv", people());
    ASSERT_TRUE(succeeds_quietly(Arguments{"train", "-o", path("model.safetensors")} + data_ + small_network));
  }

  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  [[nodiscard]] Arguments debias(const std::string& method, const std::string& smallest) const {
    return Arguments{"debias", "--model", path("model.safetensors"), "--min-group", smallest, "--method", method} +
           data_;
  }

  TemporaryFolder folder_;
  Arguments data_ = {"--data",      path("data.csv"), "--label",      "granted", "--favorable",  "yes",
                     "--protected", "sex,age",        "--privileged", "sex=m",   "--privileged", "age>=40"};
};

TEST_F(SeveralProtected, ASmallGroupIsReportedAndNamedAsNotOptimisedFor) {
  for (const char* method : {"threshold", "random"}) {
    const Arguments few = std::string(method) == "random" ? Arguments{"--random-trials", "3"} : Arguments{};
    const Json json = json_of(debias(method, "15") + few);
    EXPECT_EQ(json["not_optimised_for"], Json::array({old_women})) << method;
    EXPECT_EQ(json["valid"]["n"], 80) << "every row is reported";
    const Json& groups = json["data"]["groups"];
    ASSERT_EQ(groups.size(), 4U);
    EXPECT_EQ(groups[2]["name"], old_women);
    EXPECT_EQ(groups[2]["n"], 14);
    const Ran ran = run_program(debias(method, "15") + few);
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(ran.out.find("reported but not optimised for: group 2 (" + old_women + ") has "), std::string::npos)
        << ran.out;
    EXPECT_EQ(ran.out.find("optimised for: group 0"), std::string::npos) << ran.out;
  }
}

TEST_F(SeveralProtected, AGroupOfExactlyMinGroupRowsIsOptimisedFor) {
  const std::string note = "group 2 (" + old_women + ") has ";
  const std::string out = run_program(debias("threshold", "15")).out;
  const std::size_t at = out.find(note);
  ASSERT_NE(at, std::string::npos) << out;
  const int rows = std::stoi(out.substr(at + note.size()));
  ASSERT_GE(rows, 1);
  const Arguments enough = debias("threshold", std::to_string(rows));
  EXPECT_EQ(json_of(enough)["not_optimised_for"], Json::array());
  EXPECT_EQ(run_program(enough).out.find("not optimised for"), std::string::npos);
  EXPECT_EQ(json_of(debias("threshold", std::to_string(rows + 1)))["not_optimised_for"], Json::array({old_women}));
}

TEST_F(SeveralProtected, FewerThanTwoLargeGroupsAreAnError) {
  const Arguments outputs = {"-o", path("fair.safetensors"), "--json", path("fair.json"), "--quiet"};
  for (const char* part : {"--min-group 1000", "got 0 of 4", "lower --min-group"}) {
    EXPECT_TRUE(refuses(debias("threshold", "1000") + outputs, 1, part, folder_));
  }
  EXPECT_TRUE(refuses(debias("threshold", "0") + outputs, 2, "--min-group", folder_));
  EXPECT_TRUE(refuses(debias("threshold", "-3") + outputs, 2, "--min-group", folder_));
  EXPECT_TRUE(refuses(debias("threshold", "many") + outputs, 2, "--min-group", folder_));
}

TEST_F(SeveralProtected, CombinationsInWhichNobodyIsAreRefused) {
  write_file(folder_ / "data.csv", "sex,age,granted\nm,50,yes\nm,50,no\nf,20,no\nf,60,yes\nf,20,no\n");
  const Arguments train = {"train", "-o", path("new.safetensors"), "--epochs", "1"};
  const Arguments described = {"--data",      path("data.csv"), "--label",      "granted", "--favorable", "yes",
                               "--protected", "sex,age",        "--privileged", "sex=m",   "--privileged"};
  EXPECT_TRUE(refuses(train + described + Arguments{"age<30"}, 1, "no row is privileged by every one", folder_));
  write_file(folder_ / "data.csv", "sex,age,granted\nm,50,yes\nm,20,no\nf,60,no\nf,60,yes\nm,50,no\n");
  EXPECT_TRUE(refuses(train + described + Arguments{"age>=40"}, 1, "no row is unprivileged by every one", folder_));
}

}  // namespace
}  // namespace posthoc::testing
