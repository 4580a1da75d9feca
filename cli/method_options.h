#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/common_options.h"
#include "debias/method_options.h"

namespace posthoc::cli {

/// The methods' options as a command line has them: `--<method>-<option>`, in the help under "Method <name>". Its
/// address must not change once options were added to a command.
class MethodFlags {
 public:
  MethodFlags() = default;
  MethodFlags(const MethodFlags&) = delete;
  MethodFlags& operator=(const MethodFlags&) = delete;

  /// Those of every method, for a command that has a model.
  void add_to(CLI::App& command);
  /// Those of the methods that change decisions alone, for a command that has but scores. Equalized odds then decides
  /// as AIF360 does unless told otherwise, score >= 0.5.
  void add_of_scores_to(CLI::App& command);

  /// Throws a usage error on an option that was given and belongs to another method, which would be ignored without a
  /// word. Every option belongs to "all".
  void require_of(std::string_view method) const;

  [[nodiscard]] debias::MethodOptions options() const;

  /// {"trials": 201, ..}: those of one method, or null if it has none.
  [[nodiscard]] Json json_of(std::string_view method) const;

 private:
  struct Flag {
    std::string method;
    std::string key;  // in the JSON
    const CLI::Option* option;
    std::function<Json()> value;
  };

  template <typename T>
  CLI::Option* add(CLI::App& command, const char* method, const std::string& name, T& value, const char* help);

  debias::MethodOptions options_;
  // Those that are spelled in words.
  std::string acquisition_ = "lcb";
  std::string mode_ = "exact";
  std::string odds_threshold_ = "accuracy";
  std::string cost_ = "fpr";
  std::vector<Flag> flags_;
};

/// The names of the methods that change decisions alone, for which scores are enough.
std::vector<std::string> methods_of_scores();

/// The threshold whose decisions `score > threshold` are `score >= value`: the next double below.
double at_or_above(double value);

}  // namespace posthoc::cli
