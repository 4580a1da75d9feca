#include "data/utf8.h"

#include <cstdint>

namespace posthoc::data {
namespace {

// The bytes of the well-formed sequence at `at`, 0 if there is none.
std::size_t sequence_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const std::uint8_t first = byte(at);
  const std::uint8_t second = byte(at + 1);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !continues(at + 1)) return 0;
  if (first < 0xE0) return 2;
  if (first < 0xF0) {
    const bool excluded = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F);
    return !excluded && continues(at + 2) ? 3 : 0;
  }
  const bool excluded = (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
  return !excluded && continues(at + 2) && continues(at + 3) ? 4 : 0;
}

}  // namespace

std::size_t find_invalid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t bytes = sequence_at(text, at);
    if (bytes == 0) return at;
    at += bytes;
  }
  return at;
}

}  // namespace posthoc::data
