#pragma once

#include <cstdint>
#include <fmt/format.h>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

// toml++ 3.3.0 asserts, and with NDEBUG assumes, things that a bad text can break ("[[`a]]"): here that is an Error.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expr) (static_cast<bool>(expr) ? void() : posthoc::fail("this is not TOML"))
// The header-only mode: only study_file.cpp and toml_section.cpp pay for it.
#define TOML_HEADER_ONLY 1
// Its tables of white space call letters such as U+00E9 impossible, which is undefined behaviour: here they are "no".
#include <toml++/impl/forward_declarations.h>
#undef TOML_UNREACHABLE
#define TOML_UNREACHABLE \
  return {}
#include <toml++/impl/unicode.h>
#undef TOML_UNREACHABLE
#define TOML_UNREACHABLE __builtin_unreachable()
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

namespace posthoc::study {

/// A table of a TOML file that is read key by key; errors name the file, line, column and key.
class TomlSection {
 public:
  /// The table `table` of the file `source`; `path` is its own key, empty at the top. Throws `Error` on a key that is
  /// not among `known`.
  TomlSection(const toml::table& table, std::string path, const std::string& source,
              std::initializer_list<std::string_view> known);
  TomlSection(const toml::table& table, std::string path, const std::string& source,
              const std::vector<std::string_view>& known);

  [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }
  [[nodiscard]] const std::string& source() const { return source_; }
  /// The key with its section's: "tasks[0].name".
  [[nodiscard]] std::string full(std::string_view key) const;

  /// The node at `key`. Throws `Error` if it is missing.
  [[nodiscard]] const toml::node& at(std::string_view key) const;

  /// Throws `Error` that names the place of `key`, or of the section if it has no such key.
  [[noreturn]] void refuse(std::string_view key, const std::string& complaint) const;

  // Values of one type at a key, which must be there. A range is closed; a text is never empty.
  [[nodiscard]] std::string text(std::string_view key) const;
  [[nodiscard]] bool boolean(std::string_view key) const;
  [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t low, std::int64_t high) const;
  [[nodiscard]] double number(std::string_view key, double low, double high) const;  ///< a whole number too
  /// Texts or numbers, at least one, no two alike.
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const;
  [[nodiscard]] std::vector<std::int64_t> integers(std::string_view key, std::int64_t low, std::int64_t high) const;
  /// A table; `[key]` in the file.
  [[nodiscard]] TomlSection table(std::string_view key, std::initializer_list<std::string_view> known) const;
  /// Tables, at least one; `[[key]]` in the file.
  [[nodiscard]] std::vector<const toml::table*> tables(std::string_view key) const;

  /// Calls `check`, adding the place of `key` to its `Error`.
  template <typename Check>
  auto located(std::string_view key, Check&& check) const {
    try {
      return check();
    } catch (const Error& error) {
      refuse(key, error.what());
    }
  }

 private:
  void require_known(const std::vector<std::string_view>& known) const;
  [[noreturn]] void refuse_at(const toml::source_region& place, std::string_view key,
                              const std::string& complaint) const;
  [[noreturn]] void refuse_type(const toml::node& node, std::string_view key, std::string_view expected) const;
  [[nodiscard]] const toml::array& filled_array(std::string_view key, std::string_view expected) const;

  const toml::table& table_;
  std::string path_;
  const std::string& source_;
};

}  // namespace posthoc::study
