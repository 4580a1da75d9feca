#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace posthoc::cli {

/// What stands after an option or as an argument.
struct CompletionValue {
  enum class Kind { nothing, text, words, file, folder, word_or_file };
  Kind kind = Kind::nothing;       ///< nothing: a flag
  std::vector<std::string> words;  ///< of kind words and word_or_file
};

struct CompletionOption {
  std::vector<std::string> names;  ///< "-o", "--output"
  std::string description;
  CompletionValue value;
};

/// A command with what may follow it.
struct CompletionCommand {
  std::string path;  ///< "posthoc data fetch"
  std::string name;  ///< "fetch"
  std::string description;
  std::vector<CompletionOption> options;
  std::vector<CompletionValue> arguments;  ///< without a name, in order
  std::vector<CompletionCommand> subcommands;
};

/// The program's commands and options as CLI11 holds them. What a value may be is told by its type name in the help:
/// FILE, DIR, DATA, MEASURE, PERFORMANCE, METHOD (one for which scores are enough), METHOD|all, SEARCH, or a set {a,b}.
CompletionCommand completion_tree(const CLI::App& app);

/// A completion script for the shell: "bash", "zsh" or "fish". Throws `Error` on another.
std::string completion_script(const CompletionCommand& program, const std::string& shell);

}  // namespace posthoc::cli
