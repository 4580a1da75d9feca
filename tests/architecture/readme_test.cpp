#include <gtest/gtest.h>
#include <set>
#include <string>

#include "base/file.h"

namespace posthoc::testing {
namespace {

// The first block of C++ on a Markdown page, without its fences; empty if there is none.
std::string code_of(const std::string& page) {
  const std::string open = "\n```cpp\n";
  const std::size_t begin = page.find(open);
  if (begin == std::string::npos) return "";
  const std::size_t first = begin + open.size();
  const std::size_t end = page.find("\n```\n", first);
  return end == std::string::npos ? "" : page.substr(first, end + 1 - first);
}

// The build compiles the example and a test runs it, so what the README shows works.
TEST(Readme, ItsCodeIsTheExample) {
  const std::string code = code_of(read_file("README.md"));
  ASSERT_NE(code, "");
  EXPECT_EQ(code, read_file("examples/debias_a_model.cpp"));
}

// Each block of C++ of docs/extending.md stands, line by line, in the example that the text before it names last.
TEST(Extending, ItsCodeIsInTheExamples) {
  const std::string page = read_file("docs/extending.md");
  const std::string open = "\n```cpp\n";
  std::set<std::string> quoted;
  for (std::size_t at = page.find(open); at != std::string::npos; at = page.find(open, at + 1)) {
    const std::string code = code_of(page.substr(at));
    const std::size_t begin = page.rfind("examples/", at);
    ASSERT_NE(begin, std::string::npos) << "no example is named before:\n" << code;
    const std::string example = page.substr(begin, page.find(".cpp", begin) + 4 - begin);
    ASSERT_NE(code, "");
    EXPECT_NE(("\n" + read_file(example)).find("\n" + code), std::string::npos) << code << "is not in " << example;
    quoted.insert(example);
  }
  EXPECT_EQ(quoted, (std::set<std::string>{"examples/write_a_data_set.cpp", "examples/write_a_layer.cpp",
                                           "examples/write_a_measure.cpp", "examples/write_a_method.cpp",
                                           "examples/write_an_operation.cpp"}));
}

}  // namespace
}  // namespace posthoc::testing
