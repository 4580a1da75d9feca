#include "base/file.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

#include "base/error.h"
#include "support/temporary_folder.h"

namespace posthoc {
namespace {

TEST(File, ReadsBackWhatWasWritten) {
  const testing::TemporaryFolder folder;
  const std::string bytes("a\0b\r\n\xff", 6);
  write_file(folder / "x", bytes);
  EXPECT_EQ(read_file(folder / "x"), bytes);
  write_file(folder / "x", "");
  EXPECT_EQ(read_file(folder / "x"), "");
}

TEST(File, LeavesNoTemporaryFileBehind) {
  const testing::TemporaryFolder folder;
  write_file(folder / "x", "1");
  std::filesystem::create_directory(folder / "d");
  EXPECT_THROW(write_file(folder / "d", "1"), Error);
  EXPECT_THROW(write_file(folder / "missing" / "x", "1"), Error);
  int entries = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path())) ++entries;
  EXPECT_EQ(entries, 2);
}

TEST(File, WritesToADeviceAndLeavesItADevice) {
  const testing::TemporaryFolder folder;
  std::filesystem::create_symlink("/dev/null", folder / "null");
  write_file(folder / "null", "1");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "null"));
  EXPECT_TRUE(std::filesystem::is_character_file(folder / "null"));
}

TEST(File, WritesThroughALinkAndLeavesItALink) {
  const testing::TemporaryFolder folder;
  const testing::TemporaryFolder elsewhere;
  write_file(elsewhere / "x", "old");
  std::filesystem::create_symlink(elsewhere / "x", folder / "link");
  write_file(folder / "link", "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(read_file(elsewhere / "x"), "new");
}

TEST(File, ErrorsNameTheFile) {
  try {
    read_file("no/such/file");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "cannot read no/such/file: no such file");
  }
  EXPECT_THROW(read_file("/"), Error);
  EXPECT_THROW(require_writable(""), Error);
}

}  // namespace
}  // namespace posthoc
