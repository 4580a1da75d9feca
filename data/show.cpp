#include "data/show.h"

namespace posthoc::data {

std::string show(std::string_view text) {
  constexpr std::size_t limit = 60;
  std::string line(text.substr(0, limit));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  if (text.size() <= limit) return line;
  // A UTF-8 sequence cut in half would make the whole message invalid text.
  while (!line.empty() && (static_cast<unsigned char>(text[line.size()]) & 0xC0U) == 0x80U) line.pop_back();
  return line + "...";
}

}  // namespace posthoc::data
