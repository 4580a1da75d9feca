#include "base/error.h"

#include <algorithm>

namespace posthoc {
namespace {

// Messages quote what a file holds, a tensor's name for one; they are one line whatever that is.
std::string on_one_line(std::string message) {
  std::replace_if(
      message.begin(), message.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return message;
}

}  // namespace

Error::Error(const std::string& message) : std::runtime_error(on_one_line(message)) {}

Cancelled::Cancelled() : Error("cancelled") {}

}  // namespace posthoc
