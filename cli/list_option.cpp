#include "cli/list_option.h"

#include <fmt/format.h>

#include "base/error.h"
#include "data/show.h"

namespace posthoc::cli {
namespace {

void split_into(const std::string& argument, std::vector<std::string>& parts) {
  parts.emplace_back();
  for (std::size_t i = 0; i < argument.size(); ++i) {
    const char c = argument[i];
    const bool escapes = c == '\\' && i + 1 < argument.size() && (argument[i + 1] == ',' || argument[i + 1] == '\\');
    if (escapes) {
      parts.back() += argument[++i];
    } else if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
}

// The column whose name and an operator `text` begins with, the longest such name; null if there is none.
data::ProtectedChoice* column_before(std::vector<data::ProtectedChoice>& choices, const std::string& text) {
  data::ProtectedChoice* longest = nullptr;
  for (data::ProtectedChoice& choice : choices) {
    if (!text.starts_with(choice.column) || (longest != nullptr && longest->column.size() >= choice.column.size())) {
      continue;
    }
    const std::string_view rest = std::string_view(text).substr(choice.column.size());
    if (rest.starts_with("=") || rest.starts_with(">=") || rest.starts_with("<")) longest = &choice;
  }
  return longest;
}

}  // namespace

std::vector<std::string> split_list(const std::vector<std::string>& arguments) {
  std::vector<std::string> parts;
  for (const std::string& argument : arguments) split_into(argument, parts);
  return parts;
}

char parse_separator(const std::string& text) {
  if (text == "tab" || text == "\\t") return '\t';
  require(text.size() == 1, "--separator: expected one character or 'tab', got '{}'", data::show(text));
  return text[0];
}

std::vector<data::ProtectedChoice> protected_choices(const std::vector<std::string>& columns,
                                                     const std::vector<std::string>& privileged) {
  std::vector<data::ProtectedChoice> choices;
  for (const std::string& column : columns) choices.push_back({column, {}});
  for (const std::string& argument : privileged) {
    data::ProtectedChoice* current = choices.size() == 1 ? choices.data() : nullptr;
    for (const std::string& part : split_list({argument})) {
      std::string value = part;
      if (data::ProtectedChoice* named = column_before(choices, part)) {
        current = named;
        value = part.substr(named->column.size());
        if (value[0] == '=') value.erase(0, 1);
      }
      require(current != nullptr, "--privileged '{}': write COLUMN=VALUE; the protected columns are {}",
              data::show(part), data::show_list(columns, 8));
      current->privileged.push_back(value);
    }
  }
  for (const data::ProtectedChoice& choice : choices) {
    require(!choice.privileged.empty(),
            "no privileged value for the protected column '{0}'; add --privileged {0}=VALUE",
            data::show(choice.column));
  }
  return choices;
}

}  // namespace posthoc::cli
