#include "base/error.h"

#include <gtest/gtest.h>
#include <string>

namespace posthoc {
namespace {

TEST(Error, IsOneLineWhateverItQuotes) {
  EXPECT_STREQ(Error("tensor a\nb\x7F\t\xC3\xA9 is bad").what(), "tensor a?b??\xC3\xA9 is bad");
  try {
    fail("the name is {}", std::string("x\r\ny\0z", 6));
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "the name is x??y?z");
  }
}

TEST(Error, IsThrownUnlessTheConditionHolds) {
  EXPECT_NO_THROW(require(true, "never {}", 1));
  EXPECT_THROW(require(false, "always {}", 1), Error);
}

}  // namespace
}  // namespace posthoc
