#pragma once

#include <fmt/core.h>
#include <stdexcept>
#include <string>
#include <utility>

namespace posthoc {

/// The one exception the library throws on bad input or a failed operation.
/// The message is one line: which function or thing, what was expected, what came, what to do.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message);
};

/// Thrown from a `Progress` sink to stop long work early; nothing half-done is kept.
class Cancelled : public Error {
 public:
  Cancelled();
};

/// Throws `Error` with a message in {fmt} syntax.
template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(fmt::format(format, std::forward<Args>(args)...));
}

/// Throws `Error` with a message in {fmt} syntax unless `condition` holds.
template <typename... Args>
void require(bool condition, fmt::format_string<Args...> format, Args&&... args) {
  if (!condition) fail(format, std::forward<Args>(args)...);
}

}  // namespace posthoc
