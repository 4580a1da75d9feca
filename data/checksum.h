#pragma once

#include <string>
#include <string_view>

namespace posthoc::data {

/// SHA-256 of `bytes` as 64 lower-case hexadecimal digits, as `sha256sum` prints it.
std::string sha256(std::string_view bytes);

}  // namespace posthoc::data
