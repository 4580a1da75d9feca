#pragma once

#include <gtest/gtest.h>
#include <string>
#include <string_view>

#include "base/error.h"

namespace posthoc::testing {

/// Success iff `action` throws `posthoc::Error` with a message of one line that contains every one of `parts`.
template <typename Action>
::testing::AssertionResult fails_with(Action&& action, std::initializer_list<std::string_view> parts) {
  try {
    action();
  } catch (const Error& error) {
    const std::string message = error.what();
    if (message.find('\n') != std::string::npos) {
      return ::testing::AssertionFailure() << "more than one line: " << message;
    }
    for (const std::string_view part : parts) {
      if (message.find(part) == std::string::npos) {
        return ::testing::AssertionFailure() << "'" << part << "' is missing in: " << message;
      }
    }
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << "no error was thrown";
}

}  // namespace posthoc::testing
