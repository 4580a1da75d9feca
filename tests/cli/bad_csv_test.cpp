#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cli/program.h"

namespace posthoc::testing {
namespace {

using namespace std::string_literals;
namespace fs = std::filesystem;

using Words = std::vector<std::string>;

const std::string header = "sex,x,granted\n";

// 60 rows in the lines 2 to 61, with both labels in both groups.
std::string sixty_rows() {
  std::string text;
  for (int i = 0; i < 60; ++i) text += fmt::format("{},{},{}\n", i % 2, i, i % 3 == 0 ? "no" : "yes");
  return text;
}
const std::string good = header + sixty_rows();

std::string replaced(std::string text, char from, char to) {
  std::replace(text.begin(), text.end(), from, to);
  return text;
}

std::string without_favourable_rows(bool favourable) {
  std::string text = header;
  for (int i = 0; i < 60; ++i) text += fmt::format("{},{},{}\n", i % 2, i, favourable ? "no" : "yes");
  return text;
}

// The text in UTF-16 without a byte order mark, the low bytes first or last.
std::string in_utf16(const std::string& ascii, bool little_endian) {
  std::string text;
  for (const char c : ascii) text += little_endian ? std::string{c, '\0'} : std::string{'\0', c};
  return text;
}

std::string many_columns(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += fmt::format("{},", i);
  return text + "\n";
}

std::string many_categories() {
  std::string text = "sex,name,granted\n";
  for (int i = 0; i < 3000; ++i) text += fmt::format("{},person {},{}\n", i % 2, i, i % 3 == 0 ? "no" : "yes");
  return text;
}

// A file that stands in a folder with nothing else in it.
class BadCsv : public ::testing::Test {
 protected:
  void SetUp() override { write(good); }

  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& text) const { write_file(folder_ / "data.csv", text); }

  [[nodiscard]] Arguments train(const std::string& file) const {
    return Arguments{"train",
                     "--data",
                     file,
                     "--epochs",
                     "1",
                     "--depth",
                     "1",
                     "--width",
                     "4",
                     "-o",
                     path("model.safetensors"),
                     "--json",
                     path("result.json")};
  }

  // Every word must stand in the one line of error that `refuses` asks for.
  [[nodiscard]] ::testing::AssertionResult refuses_with(const Arguments& arguments, int code,
                                                        const Words& words) const {
    for (const std::string& word : words) {
      const ::testing::AssertionResult result = refuses(arguments, code, word, folder_);
      if (!result) return ::testing::AssertionFailure() << "expected '" << word << "': " << result.message();
    }
    return ::testing::AssertionSuccess();
  }

  TemporaryFolder folder_;
};

const Arguments label = {"--label", "granted", "--favorable", "yes"};
const Arguments asked = label + Arguments{"--protected", "sex", "--privileged", "1"};

struct FileCase {
  const char* name;
  std::string text;
  Words words;
};

// What no reading makes a table of: `train` and `data describe`, with and without options, must say the same.
TEST_F(BadCsv, FilesThatAreNoTableAreRefused) {
  const std::vector<FileCase> cases = {
      {"empty", "", {"data.csv: ", "the file is empty"}},
      {"header only", header, {"data.csv: ", "only a header"}},
      {"header without a line end", "sex,x,granted", {"data.csv: ", "only a header"}},
      {"too few fields", good + "1,2\n", {"data.csv line 62", "expected 3 fields, got 2"}},
      {"too many fields", good + "1,2,yes,4\n", {"data.csv line 62", "expected 3 fields, got 4"}},
      {"open quote", good + "1,\"2,yes\n" + sixty_rows(), {"data.csv line 62", "never closed"}},
      {"quote in a field", good + "1,2\"3,yes\n", {"data.csv line 62", "double quote"}},
      {"NUL", good + "1,\0,yes\n"s, {"data.csv line 62, byte 3", "NUL"}},
      {"no UTF-8", good + "1,\xff,yes\n", {"data.csv line 62, byte 3", "UTF-8", "0xFF"}},
      {"no UTF-8 in the header", "sex,\xc3(,granted\n" + sixty_rows(), {"data.csv line 1, byte 5", "UTF-8"}},
      {"UTF-16, low byte first", "\xff\xfe" + in_utf16(good, true), {"data.csv: ", "UTF-16"}},
      {"UTF-16, high byte first", "\xfe\xff" + in_utf16(good, false), {"data.csv: ", "UTF-16"}},
      {"UTF-16 without a mark", in_utf16(good, true), {"data.csv line 1, byte 2", "NUL"}},
      {"a line of 10 MB", header + "1," + std::string(10'000'000, 'a') + ",yes\n", {"data.csv line 2", "1048576"}},
      {"a header of 10 MB", std::string(10'000'000, 'a'), {"data.csv line 1", "1048576"}},
      {"10 MB of separators", header + std::string(10'000'000, ',') + "\n", {"data.csv line 2", "16384 fields"}},
      {"a million columns", many_columns(1'000'000), {"data.csv line 1", "16384 fields"}},
      {"semicolons", replaced(good, ',', ';'), {"data.csv line 1", "sex;x;granted", "--separator ';'"}},
      {"tabs", replaced(good, ',', '\t'), {"data.csv line 1", "--separator 'tab'"}},
  };
  for (const FileCase& c : cases) {
    SCOPED_TRACE(c.name);
    write(c.text);
    const std::string file = path("data.csv");
    EXPECT_TRUE(refuses_with(train(file) + asked, 1, c.words));
    EXPECT_TRUE(refuses_with({"data", "describe", file, "--json", path("result.json")}, 1, c.words));
    EXPECT_TRUE(refuses_with(Arguments{"data", "describe", file} + asked, 1, c.words));
    EXPECT_TRUE(refuses_with({"audit", "--scores", file, "--json", path("result.json")}, 1, c.words));
  }
}

// Tables, but none to train on: whoever asks for less, by `data describe` alone, sees the columns.
TEST_F(BadCsv, ColumnsThatCannotBeUsedAreRefused) {
  const std::vector<FileCase> cases = {
      {"repeated column", "sex,x,x,granted\n1,1,1,yes\n0,0,0,no\n", {"data.csv: ", "columns 2 and 3", "'x'"}},
      {"column without a name", ",sex,granted\n1,1,yes\n0,0,no\n", {"data.csv: ", "column 1 has no name"}},
      {"all favourable", without_favourable_rows(false), {"data.csv", "label 'granted'", "every row", "'yes'"}},
      {"none favourable",
       without_favourable_rows(true),
       {"data.csv", "label 'granted'", "no row", "the values are no"}},
      {"infinity", good + "1,inf,yes\n", {"data.csv line 62, column 'x'", "finite", "'inf'"}},
      {"minus infinity", good + "1,-Infinity,yes\n", {"data.csv line 62, column 'x'", "finite", "'-Infinity'"}},
      {"no double", good + "1,1e999,yes\n", {"data.csv line 62, column 'x'", "finite", "'1e999'"}},
      {"text among numbers", good + "1,n/a?,yes\n", {"data.csv line 62, column 'x'", "'n/a?'", "--missing 'n/a?'"}},
      {"another spelling of NaN", good + "1,NAN,yes\n", {"data.csv line 62, column 'x'", "--missing 'NAN'"}},
      {"nothing in a column", "sex,x,granted\n1,,yes\n0,,no\n", {"data.csv, column 'x'", "every value is missing"}},
      {"thousands of categories", many_categories(), {"data.csv, column 'name'", "1000", "--drop 'name'"}},
      {"too few rows to split", header + "1,1,yes\n0,0,no\n", {"rows"}},
  };
  for (const FileCase& c : cases) {
    SCOPED_TRACE(c.name);
    write(c.text);
    EXPECT_TRUE(refuses_with(train(path("data.csv")) + asked, 1, c.words));
    EXPECT_TRUE(succeeds_quietly({"data", "describe", path("data.csv")}));
  }
}

struct OptionCase {
  Arguments options;
  int code;
  Words words;
};

TEST_F(BadCsv, OptionsThatDoNotFitTheFileAreRefused) {
  const Arguments sex = {"--protected", "sex", "--privileged"};
  const std::vector<OptionCase> cases = {
      {{"--label", "none", "--favorable", "yes", "--protected", "sex", "--privileged", "1"},
       1,
       {"data.csv", "'none'", "the columns are sex, x, granted"}},
      {label + Arguments{"--protected", "none", "--privileged", "1"}, 1, {"data.csv", "no column 'none'"}},
      {asked + Arguments{"--drop", "none"}, 1, {"data.csv", "no column 'none'"}},
      {asked + Arguments{"--categorical", "none"}, 1, {"data.csv", "no column 'none'"}},
      {asked + Arguments{"--drop", "x,x"}, 1, {"data.csv", "'x'", "twice", "dropped"}},
      {asked + Arguments{"--drop", "x", "--drop", "x"}, 1, {"data.csv", "'x'", "twice", "dropped"}},
      {asked + Arguments{"--categorical", "x,x"}, 1, {"data.csv", "'x'", "twice", "categorical"}},
      {asked + Arguments{"--categorical", "x", "--drop", "x"}, 1, {"data.csv", "'x'", "both categorical and dropped"}},
      {asked + Arguments{"--drop", "granted"}, 1, {"data.csv", "'granted'", "the label"}},
      {asked + Arguments{"--drop", "sex"}, 1, {"data.csv", "'sex'", "protected"}},
      {asked + Arguments{"--label", "granted"}, 2, {"--label"}},
      {label + sex + Arguments{"7"}, 1, {"data.csv", "'sex'", "no row is privileged", "the values of column 'sex'"}},
      {label + sex + Arguments{"0,1"}, 1, {"data.csv", "'sex'", "every row is privileged"}},
      {label + sex + Arguments{">=2"}, 1, {"data.csv", "no row is privileged (sex >= 2)"}},
      {label + sex + Arguments{">=x"}, 1, {"'>=x'", "expected a number"}},
      {label + sex + Arguments{"5..2"}, 1, {"'5..2'", "below"}},
      {label + sex + Arguments{">5"}, 1, {"'>5'", ">=25"}},
      {label + Arguments{"--protected", "granted", "--privileged", "yes"}, 1, {"data.csv", "'granted'", "both label"}},
      {label + Arguments{"--protected", "sex,sex", "--privileged", "sex=1"}, 1, {"'sex'"}},
      {label + Arguments{"--protected", "sex,x", "--privileged", "sex=1"}, 1, {"'x'", "--privileged x=VALUE"}},
      {label + Arguments{"--protected", "sex,x", "--privileged", "y=1"}, 1, {"'y=1'", "sex, x"}},
      {asked + Arguments{"--missing", "1"}, 1, {"'sex'", "no row is privileged"}},
      {asked + Arguments{"--separator", ""}, 1, {"--separator", "one character"}},
      {asked + Arguments{"--separator", ";;"}, 1, {"--separator", "';;'"}},
      {asked + Arguments{"--separator", "\n"}, 1, {"separator", "line end"}},
      {asked + Arguments{"--separator", ";"}, 1, {"data.csv line 1", "--separator ','"}},
      {{"--label", "granted", "--favorable", "a\nb", "--protected", "sex", "--privileged", "1"}, 1, {"'a?b'"}},
  };
  for (const OptionCase& c : cases) {
    EXPECT_TRUE(refuses_with(train(path("data.csv")) + c.options, c.code, c.words));
  }
}

TEST_F(BadCsv, WhatIsNoRegularFileIsRefused) {
  fs::create_symlink("nowhere", folder_ / "dangling");
  const TemporaryFolder elsewhere;  // the listing of a folder throws at such a link
  fs::create_symlink("loop", elsewhere / "loop");
  fs::create_directory(folder_ / "folder");
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  const auto refused = [&](const std::string& file, const std::string& word) {
    for (const Arguments& arguments : {train(file) + asked, Arguments{"data", "describe", file},
                                       Arguments{"audit", "--scores", file, "--json", path("result.json")}}) {
      const ::testing::AssertionResult result = refuses_with(arguments, 1, {file, word});
      if (!result) return result;
    }
    return ::testing::AssertionSuccess();
  };
  EXPECT_TRUE(refused(path("dangling"), "no "));
  EXPECT_TRUE(refused((elsewhere / "loop").string(), "no "));
  EXPECT_TRUE(refused(path("none.csv"), "no "));
  EXPECT_TRUE(refused(path("folder"), "folder"));
  EXPECT_TRUE(refused(path("pipe"), "pipe"));
  EXPECT_TRUE(refused("/dev/zero", "device"));
}

TEST_F(BadCsv, UnusualFilesThatAreFineAreRead) {
  const auto described = [&](const std::string& text) {
    write(text);
    return json_of(Arguments{"data", "describe", path("data.csv")} + asked);
  };
  const nlohmann::json plain = described(good);
  EXPECT_EQ(plain["rows"], 60);
  for (const std::string& text : {"\xEF\xBB\xBF" + good, good.substr(0, good.size() - 1), good + "\n\n"}) {
    const nlohmann::json other = described(text);
    for (const char* key : {"rows", "feature_names", "protected"}) EXPECT_EQ(other[key], plain[key]) << key;
  }
  // The spellings of NaN are missing values: their rows are dropped, and counted.
  const nlohmann::json missing = described(good + "1,NaN,yes\n0,nan,no\n1,-nan,yes\n0,-NaN,no\n");
  EXPECT_EQ(missing["rows_with_missing_values"], 4);
  EXPECT_EQ(missing["rows"], 60);
  // A third value of the label is unfavourable.
  const nlohmann::json three = described(good + "1,5,perhaps\n");
  EXPECT_EQ(three["rows"], 61);
  EXPECT_NEAR(three["protected"][0]["groups"][1]["base_rate"].get<double>(), 20.0 / 31, 1e-12);
}

}  // namespace
}  // namespace posthoc::testing
