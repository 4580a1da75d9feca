#include "data/named.h"

#include <filesystem>
#include <gtest/gtest.h>

#include "base/file.h"
#include "support/expect_error.h"
#include "support/temporary_folder.h"

namespace posthoc::data {
namespace {

namespace fs = std::filesystem;
using testing::fails_with;
using Paths = std::vector<fs::path>;

TEST(Locate, LooksInTheDocumentedOrder) {
  const Environment environment{"/env", "/xdg", "/home/me"};
  const testing::TemporaryFolder folder;
  EXPECT_EQ(data_folders(folder.path(), environment),
            (Paths{folder.path(), "/env", "data", "../shared/data", "/xdg/posthoc"}));
  EXPECT_EQ(data_folders(std::nullopt, {"", "", "/home/me"}),
            (Paths{"data", "../shared/data", "/home/me/.cache/posthoc"}));
  EXPECT_EQ(data_folders(std::nullopt, {}), (Paths{"data", "../shared/data"}));
  EXPECT_TRUE(fails_with([&] { data_folders(folder / "none", environment); }, {"none", "no such folder"}));
}

TEST(Locate, FindsAFileInItsOwnFolderOrBeside) {
  const testing::TemporaryFolder a;
  const testing::TemporaryFolder b;
  const Paths folders = {a.path(), b.path()};
  EXPECT_TRUE(fails_with([&] { locate("adult", "adult.data", folders); },
                         {"adult", "cannot find adult.data", (a / "adult/adult.data").string(),
                          (b / "adult.data").string(), "put it there", "--data-dir", "POSTHOC_DATA"}));
  write_file(b / "adult.data", "x");
  EXPECT_EQ(locate("adult", "adult.data", folders), b / "adult.data");
  fs::create_directory(b / "adult");
  write_file(b / "adult/adult.data", "x");
  EXPECT_EQ(locate("adult", "adult.data", folders), b / "adult/adult.data");
  write_file(a / "adult.data", "x");
  EXPECT_EQ(locate("adult", "adult.data", folders), a / "adult.data");
}

TEST(Named, TheRegistryIsComplete) {
  std::vector<std::string> names;
  for (const NamedDataset& entry : named_datasets()) {
    names.push_back(entry.name);
    EXPECT_EQ(named_dataset(entry.name).description, entry.description);
    for (const std::string& text : {entry.description, entry.source, entry.licence, entry.citation}) {
      EXPECT_FALSE(text.empty()) << entry.name;
    }
    EXPECT_FALSE(entry.encoding.protected_columns.empty());
    EXPECT_EQ(entry.files.empty(), entry.name == "synthetic");
    for (const NamedFile& file : entry.files) {
      EXPECT_EQ(file.sha256.size(), 64U);
      EXPECT_GT(file.bytes, 0U);
      EXPECT_TRUE(file.url.starts_with("https://"));
    }
  }
  EXPECT_EQ(names, (std::vector<std::string>{"adult", "bank", "compas", "synthetic"}));
}

TEST(Named, UnknownNamesListTheKnownOnes) {
  EXPECT_TRUE(fails_with([] { load("german"); }, {"'german'", "adult, bank, compas, synthetic"}));
  LoadOptions options;
  options.protected_attribute = "gender";
  EXPECT_TRUE(fails_with([&] { load("compas", options); }, {"compas", "'gender'", "sex, race"}));
  EXPECT_TRUE(fails_with([&] { load("synthetic", options); }, {"synthetic", "'gender'", "group"}));
  options.protected_attribute = "sex";
  options.favorable = "2";
  EXPECT_TRUE(fails_with([&] { load("compas", options); }, {"two_year_recid", "'2'", "0 and 1"}));
}

TEST(Named, AFileThatIsNotThePublishedOneIsRefused) {
  const testing::TemporaryFolder folder;
  LoadOptions options;
  options.data_dir = folder.path();
  write_file(folder / "compas-scores-two-years.csv", "abc");
  EXPECT_TRUE(fails_with([&] { load("compas", options); },
                         {"compas", (folder / "compas-scores-two-years.csv").string(),
                          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                          "c451db85908b2f7fef1d83203bedf6b71ecda0d5af468d82ae62178f91d0cc7d"}));
}

TEST(Named, SyntheticNeedsNoFileAndItsLabelCanBeSwapped) {
  LoadOptions options;
  options.synthetic.rows = 100;
  const Dataset data = load("synthetic", options);
  EXPECT_EQ(data.rows(), 100);
  EXPECT_EQ(data.favorable_label, "1");
  options.favorable = "0";
  const Dataset swapped = load("synthetic", options);
  EXPECT_EQ(swapped.favorable_label, "0");
  EXPECT_EQ(swapped.unfavorable_label, "1");
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(swapped.labels[i], 1 - data.labels[i]);
}

}  // namespace
}  // namespace posthoc::data
