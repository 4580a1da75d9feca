#include <memory>

#include "cli/commands.h"
#include "cli/completion.h"

namespace posthoc::cli {

void add_completion_command(CLI::App& app, const Context& context) {
  CLI::App* command = app.add_subcommand("completion", "Print what makes a shell complete posthoc's commands");
  const auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "The shell")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer("Example:\n  source <(posthoc completion bash)");
  command->callback([shell, context, &app] { context.out << completion_script(completion_tree(app), *shell); });
}

}  // namespace posthoc::cli
