#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace posthoc::report {

/// Numbers for other programs: one thing a row, every digit.
struct Data {
  std::string id;  ///< the name of its file
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};

/// Comma-separated values as RFC 4180 has them, with '\n' at line ends: a field with a comma, a quote or a line break
/// stands in quotes.
std::string to_csv(const Data& data);

/// The shortest digits that read back to the same double; "" for NaN.
std::string digits(double number);

}  // namespace posthoc::report
