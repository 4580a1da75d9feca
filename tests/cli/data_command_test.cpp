#include <gtest/gtest.h>

#include "cli/program.h"

namespace posthoc::testing {
namespace {

using Json = nlohmann::json;

TEST(DataCommand, ListNamesEveryDataSet) {
  const Json json = json_of({"data", "list"});
  std::vector<std::string> names;
  for (const Json& entry : json) {
    names.push_back(entry["name"]);
    EXPECT_FALSE(entry["description"].get<std::string>().empty());
    EXPECT_TRUE(entry["found"].is_boolean());
  }
  EXPECT_EQ(names, (std::vector<std::string>{"adult", "bank", "compas", "synthetic"}));
  EXPECT_EQ(json.back()["found"], true);
}

TEST(DataCommand, DescribeCountsRowsAndGroups) {
  const Json json = json_of({"data", "describe", "synthetic"});
  EXPECT_TRUE(json["version"].get<std::string>().starts_with("posthoc "));
  EXPECT_EQ(json["name"], "synthetic");
  EXPECT_EQ(json["rows"], 10000);
  EXPECT_EQ(json["features"], 2);
  EXPECT_EQ(json["feature_names"], (Json{"x1", "x2"}));
  EXPECT_EQ(json["sha256"].get<std::string>().size(), 64U);
  ASSERT_EQ(json["protected"].size(), 1U);
  EXPECT_EQ(json["protected"][0]["name"], "group");
  const Json& groups = json["protected"][0]["groups"];
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0]["n"].get<int>() + groups[1]["n"].get<int>(), 10000);
  // The generator's bias is 0.2; five standard errors of a difference of rates on 10000 rows are 0.05.
  EXPECT_NEAR(groups[1]["base_rate"].get<double>() - groups[0]["base_rate"].get<double>(), 0.2, 0.05);
}

TEST(DataCommand, ADataDirThatIsNoFolderIsRefused) {
  const TemporaryFolder folder;
  EXPECT_TRUE(refuses({"data", "list", "--data-dir", (folder / "none").string()}, 1, "none", folder));
  EXPECT_TRUE(refuses({"data", "describe", "adult", "--data-dir", (folder / "none").string()}, 1, "none", folder));
}

TEST(DataCommand, AFileThatIsNotThePublishedOneIsRefused) {
  const TemporaryFolder folder;
  write_file(folder / "compas-scores-two-years.csv", "id,name\n1,x\n");
  EXPECT_TRUE(refuses({"data", "describe", "compas", "--data-dir", folder.path().string()}, 1, "SHA-256", folder));
}

}  // namespace
}  // namespace posthoc::testing
