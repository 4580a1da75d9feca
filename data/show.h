#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace posthoc::data {

/// A field's text for an error message: on one line, control characters as '?', cut after 60 bytes.
std::string show(std::string_view text);

/// Up to `limit` texts as `show` has them, with commas, and "..." if there are more.
template <typename Texts>
std::string show_list(const Texts& texts, std::size_t limit) {
  std::string list;
  std::size_t count = 0;
  for (const std::string_view text : texts) {
    if (count > 0) list += ", ";
    if (count++ == limit) return list + "...";
    list += show(text);
  }
  return list;
}

}  // namespace posthoc::data
