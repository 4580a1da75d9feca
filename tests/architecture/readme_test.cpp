#include <gtest/gtest.h>
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

}  // namespace
}  // namespace posthoc::testing
