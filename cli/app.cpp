#include "cli/app.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <new>

#include "base/error.h"
#include "base/threads.h"
#include "cli/commands.h"

namespace posthoc::cli {
namespace {

std::string one_line(std::string message) {
  std::replace(message.begin(), message.end(), '\n', ' ');
  return message;
}

int fail_with(int code, const std::string& message, std::ostream& err) {
  err << "posthoc: error: " << one_line(message) << "\n";
  return code;
}

}  // namespace

int run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err) {
  CLI::App app("posthoc makes the decisions of a trained network fairer, without its training data.", "posthoc");
  app.set_version_flag("--version", version());
  app.require_subcommand(1);
  app.option_defaults()->always_capture_default();
  app.footer(
      "Example:\n  posthoc train --data synthetic --protected group -o model.safetensors\n"
      "  posthoc debias --data synthetic --protected group --model model.safetensors --method random "
      "--measure spd");
  Context context{arguments, out, err};
  add_data_command(app, context);
  add_train_command(app, context);
  add_evaluate_command(app, context);
  add_debias_command(app, context);
  add_apply_command(app, context);
  add_audit_command(app, context);
  add_postprocess_command(app, context);
  add_study_command(app, context);
  add_completion_command(app, context);
  const int threads_before = threads();
  int code = 0;
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // the order that CLI11 asks for
    app.parse(reversed);
  } catch (const CLI::CallForHelp& help) {
    code = app.exit(help, out, err);
  } catch (const CLI::Success& success) {  // --version
    code = app.exit(success, out, err);
  } catch (const CLI::RequiredError& error) {
    // What stands where a subcommand is asked for says more than that one is missing.
    const std::vector<std::string> stray = app.remaining(true);
    const std::string what = stray.empty() ? error.what() : "unknown subcommand or option '" + stray.front() + "'";
    code = fail_with(2, what + "; see posthoc --help", err);
  } catch (const CLI::ParseError& error) {
    code = fail_with(2, std::string(error.what()) + "; see posthoc --help", err);
  } catch (const Error& error) {
    code = fail_with(1, error.what(), err);
  } catch (const std::bad_alloc&) {
    code = fail_with(1, "out of memory", err);
  } catch (const std::exception& error) {
    code = fail_with(1, error.what(), err);
  }
  set_threads(threads_before);
  return code;
}

}  // namespace posthoc::cli
