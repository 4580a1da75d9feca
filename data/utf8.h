#pragma once

#include <cstddef>
#include <string_view>

namespace posthoc::data {

/// The index of the first byte that does not belong to well-formed UTF-8 (The Unicode Standard, table 3-7: no
/// overlong form, no surrogate, nothing above U+10FFFF); `text.size()` if there is none.
std::size_t find_invalid_utf8(std::string_view text);

}  // namespace posthoc::data
