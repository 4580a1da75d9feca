#include "report/csv.h"

#include <cmath>
#include <fmt/format.h>

namespace posthoc::report {
namespace {

void append_line(const std::vector<std::string>& fields, std::string& out) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += ',';
    const std::string& field = fields[i];
    if (field.find_first_of(",\"\r\n") == std::string::npos) {
      out += field;
      continue;
    }
    out += '"';
    for (const char letter : field) {
      if (letter == '"') out += '"';
      out += letter;
    }
    out += '"';
  }
  out += '\n';
}

}  // namespace

std::string to_csv(const Data& data) {
  std::string out;
  append_line(data.header, out);
  for (const std::vector<std::string>& row : data.rows) append_line(row, out);
  return out;
}

std::string digits(double number) { return std::isnan(number) ? "" : fmt::format("{}", number); }

}  // namespace posthoc::report
