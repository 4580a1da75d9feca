#include <fmt/format.h>
#include <functional>

#include "base/error.h"
#include "cli/completion.h"

namespace posthoc::cli {
namespace {

using Kind = CompletionValue::Kind;
using Visit = std::function<void(const CompletionCommand&)>;

void each_command(const CompletionCommand& command, const Visit& visit) {
  visit(command);
  for (const CompletionCommand& sub : command.subcommands) each_command(sub, visit);
}

std::string quoted(const std::string& text) {
  std::string safe = "'";
  for (const char c : text) safe += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return safe + "'";
}

// Of several lines of help, the first.
std::string summary(const std::string& description) { return description.substr(0, description.find('\n')); }

// The paths of all commands but the program itself as a pattern of `case`: 'posthoc data' | 'posthoc data list'.
std::string all_paths(const CompletionCommand& program, const char* between) {
  std::string paths;
  each_command(program, [&](const CompletionCommand& command) {
    if (&command != &program) paths += (paths.empty() ? "" : between) + quoted(command.path);
  });
  return paths;
}

// `case` branches of bash and zsh for the word after an option: what `reply` makes of its value.
std::string option_branches(const CompletionCommand& program,
                            const std::function<std::string(const CompletionValue&)>& reply) {
  std::string text;
  each_command(program, [&](const CompletionCommand& command) {
    for (const CompletionOption& option : command.options) {
      if (option.value.kind == Kind::nothing) continue;
      std::string pattern;
      for (const std::string& name : option.names) {
        pattern += (pattern.empty() ? "" : " | ") + quoted(command.path + " " + name);
      }
      text += fmt::format("    {}) {}; return ;;\n", pattern, reply(option.value));
    }
  });
  return text;
}

std::string bash_reply(const CompletionValue& value) {
  const std::string words = quoted(fmt::format("{}", fmt::join(value.words, " ")));
  switch (value.kind) {
    case Kind::words:
      return fmt::format("_posthoc_words {}", words);
    case Kind::file:
      return "_posthoc_files -f";
    case Kind::folder:
      return "_posthoc_files -d";
    case Kind::word_or_file:
      return fmt::format("_posthoc_words {}; _posthoc_files -f", words);
    case Kind::nothing:
    case Kind::text:
      break;
  }
  return ":";
}

std::string bash_words(const CompletionCommand& command) {
  std::string words;
  for (const CompletionCommand& sub : command.subcommands) words += " " + sub.name;
  for (const CompletionOption& option : command.options) words += fmt::format(" {}", fmt::join(option.names, " "));
  return words.empty() ? words : words.substr(1);
}

std::string bash_script(const CompletionCommand& program) {
  std::string commands;
  each_command(program, [&](const CompletionCommand& command) {
    std::string replies = fmt::format("_posthoc_words {}", quoted(bash_words(command)));
    for (const CompletionValue& value : command.arguments) replies += "; " + bash_reply(value);
    commands += fmt::format("    {}) {} ;;\n", quoted(command.path), replies);
  });
  return fmt::format(R"(# Completion of posthoc for bash: source <(posthoc completion bash)
_posthoc_words() {{
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$1" -- "$cur")
}}
_posthoc_files() {{
  local name
  compopt -o filenames 2>/dev/null
  while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen "$1" -- "$cur")
}}
_posthoc() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} path=posthoc i
  COMPREPLY=()
  # bash takes --option=value for three words
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=${{COMP_WORDS[COMP_CWORD-2]}}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path ${{COMP_WORDS[i]}}" in
      {}) path="$path ${{COMP_WORDS[i]}}" ;;
    esac
  done
  case "$path $prev" in
{}  esac
  case $path in
{}  esac
}}
complete -F _posthoc posthoc
)",
                     all_paths(program, " | "), option_branches(program, bash_reply), commands);
}

std::string zsh_reply(const CompletionValue& value) {
  const std::string words = fmt::format("{}", fmt::join(value.words, " "));
  switch (value.kind) {
    case Kind::words:
      return fmt::format("compadd -- {}", words);
    case Kind::file:
      return "_files";
    case Kind::folder:
      return "_files -/";
    case Kind::word_or_file:
      return fmt::format("compadd -- {}; _files", words);
    case Kind::nothing:
    case Kind::text:
      break;
  }
  return ":";
}

std::string zsh_described(const std::string& name, const std::string& description) {
  return " " + quoted(name + ":" + summary(description));
}

std::string zsh_script(const CompletionCommand& program) {
  std::string commands;
  each_command(program, [&](const CompletionCommand& command) {
    std::string subcommands;
    std::string options;
    std::string arguments;
    for (const CompletionCommand& sub : command.subcommands) subcommands += zsh_described(sub.name, sub.description);
    for (const CompletionOption& option : command.options) {
      for (const std::string& name : option.names) options += zsh_described(name, option.description);
    }
    for (const CompletionValue& value : command.arguments) arguments += "; " + zsh_reply(value);
    commands += fmt::format("    {}) subcommands=({} ); options=({} ){} ;;\n", quoted(command.path), subcommands,
                            options, arguments);
  });
  return fmt::format(R"(#compdef posthoc
# Completion of posthoc for zsh: posthoc completion zsh > a file called _posthoc in a folder of $fpath
_posthoc() {{
  local line=posthoc i
  local -a subcommands options
  for ((i = 2; i < CURRENT; i++)); do
    case "$line ${{words[i]}}" in
      {}) line="$line ${{words[i]}}" ;;
    esac
  done
  case "$line ${{words[CURRENT-1]}}" in
{}  esac
  case $line in
{}  esac
  (( ${{#subcommands}} )) && _describe command subcommands
  _describe -o option options
}}
if [[ ${{funcstack[1]}} == _posthoc ]]; then
  _posthoc "$@"
elif (( ${{+functions[compdef]}} )); then
  compdef _posthoc posthoc
fi
)",
                     all_paths(program, " | "), option_branches(program, zsh_reply), commands);
}

std::string fish_value(const CompletionValue& value) {
  const std::string words = quoted(fmt::format("{}", fmt::join(value.words, " ")));
  switch (value.kind) {
    case Kind::words:
      return " -x -a " + words;
    case Kind::file:
      return " -r -F";
    case Kind::folder:
      return " -x -a '(__fish_complete_directories)'";
    case Kind::word_or_file:
      return " -r -F -a " + words;
    case Kind::text:
      return " -x";
    case Kind::nothing:
      break;
  }
  return "";
}

std::string fish_script(const CompletionCommand& program) {
  std::string text;
  each_command(program, [&](const CompletionCommand& command) {
    const std::string start = fmt::format("complete -c posthoc -n {}", quoted("__posthoc_at " + command.path));
    for (const CompletionCommand& sub : command.subcommands) {
      text += fmt::format("{} -a {} -d {}\n", start, sub.name, quoted(summary(sub.description)));
    }
    for (const CompletionValue& value : command.arguments) {
      // Of an argument -r and -x would say that something follows it.
      if (!value.words.empty()) text += fmt::format("{} -a '{}'\n", start, fmt::join(value.words, " "));
      if (value.kind == Kind::file || value.kind == Kind::word_or_file) text += start + " -F\n";
    }
    for (const CompletionOption& option : command.options) {
      std::string names;
      for (const std::string& name : option.names) {
        names += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      text += start + names + fish_value(option.value) + " -d " + quoted(summary(option.description)) + "\n";
    }
  });
  return fmt::format(
      R"(# Completion of posthoc for fish: posthoc completion fish > ~/.config/fish/completions/posthoc.fish
function __posthoc_at
  set -l path posthoc
  for word in (commandline -opc)[2..-1]
    switch "$path $word"
      case {}
        set path "$path $word"
    end
  end
  test "$path" = "$argv"
end
complete -c posthoc -f
{})",
      all_paths(program, " "), text);
}

}  // namespace

std::string completion_script(const CompletionCommand& program, const std::string& shell) {
  if (shell == "bash") return bash_script(program);
  if (shell == "zsh") return zsh_script(program);
  if (shell == "fish") return fish_script(program);
  fail("no completion for the shell '{}'; expected bash, zsh or fish", shell);
}

}  // namespace posthoc::cli
