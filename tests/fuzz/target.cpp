#include "fuzz/target.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/error.h"

namespace posthoc::fuzz {
namespace {

bool is_one_line(std::string_view message) {
  return !message.empty() && std::none_of(message.begin(), message.end(),
                                          [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

}  // namespace

bool run_one(std::string_view bytes) {
  try {
    return parses(bytes);
  } catch (const Error& error) {  // any other exception ends the process: a finding
    check(is_one_line(error.what()), std::string("an error is one line of text: ") + error.what());
    return false;
  }
}

}  // namespace posthoc::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  posthoc::fuzz::run_one({reinterpret_cast<const char*>(data), size});
  return 0;
}
