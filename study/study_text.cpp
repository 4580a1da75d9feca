// The writing half of study_file.h.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "study/study_file.h"

namespace posthoc::study {
namespace {

// A basic string of TOML. The reader accepts UTF-8 alone, so only control characters need an escape.
std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (code < 0x20 || code == 0x7F) {
      result += fmt::format("\\u{:04X}", code);
    } else {
      result += c;
    }
  }
  return result + "\"";
}

std::string list(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(in_quotes(text));
  return fmt::format("[{}]", fmt::join(quoted, ", "));
}

std::string task_text(const Task& task) {
  std::string text = fmt::format("\n[[tasks]]\nname = {}\ndata = {}\nprotected = {}\n", in_quotes(task.name),
                                 in_quotes(task.data), in_quotes(task.protected_attribute));
  if (task.favorable) text += fmt::format("favorable = {}\n", in_quotes(*task.favorable));
  if (task.label.empty()) return text;  // a named data set
  text += fmt::format("label = {}\nprivileged = {}\n", in_quotes(task.label), list(task.privileged));
  if (!task.categorical.empty()) text += fmt::format("categorical = {}\n", list(task.categorical));
  if (!task.dropped.empty()) text += fmt::format("drop = {}\n", list(task.dropped));
  return text + fmt::format("separator = {}\n", in_quotes(std::string(1, task.separator)));
}

std::string method_text(const MethodChoice& choice) {
  std::string text = fmt::format("\n[[methods]]\nname = {}\n", in_quotes(choice.name));
  if (choice.name != "random") return text;
  const debias::RandomOptions& random = choice.options.random;
  return text +
         fmt::format("trials = {}\nsigma = {}\noriginal = {}\n", random.trials, random.sigma, random.include_original);
}

}  // namespace

std::string to_toml(const Study& study) {
  std::string text = fmt::format("name = {}\nmeasures = {}\nperformance = {}\nlambda = {}\nthreshold_search = {}\n",
                                 in_quotes(study.name), list(study.measures), in_quotes(study.performance),
                                 study.lambda, in_quotes(fairness::to_string(study.threshold_search)));
  text += fmt::format("seeds = [{}]\nsplit_seed = {}\nmax_epochs = {}\npatience = {}\n", fmt::join(study.seeds, ", "),
                      study.split_seed, study.max_epochs, study.patience);
  text += "\n[protocol]\nbase = \"corrected\"\n";
  for (const ProtocolSwitch& entry : protocol_switches()) {
    text += fmt::format("{} = {}\n", entry.name, study.protocol.*entry.member);
  }
  for (const Task& task : study.tasks) text += task_text(task);
  for (const MethodChoice& choice : study.methods) text += method_text(choice);
  for (const Architecture& network : study.architectures) {
    text += fmt::format("\n[[architectures]]\ndepth = {}\nwidth = {}\ndropout = {}\n", network.depth, network.width,
                        network.dropout);
  }
  return text;
}

std::vector<std::string> settings_that_differ(const Study& before, const Study& now) {
  std::vector<std::string> differences;
  const auto compare = [&](const char* name, const auto& a, const auto& b) {
    if (a != b) differences.push_back(fmt::format("{} was {} and is {}", name, a, b));
  };
  compare("name", before.name, now.name);
  compare("split_seed", before.split_seed, now.split_seed);
  compare("max_epochs", before.max_epochs, now.max_epochs);
  compare("patience", before.patience, now.patience);
  compare("threshold_search", fairness::to_string(before.threshold_search), fairness::to_string(now.threshold_search));
  const auto compare_named = [&](const char* kind, const auto& all_before, const auto& all_now, auto&& text) {
    for (const auto& a : all_before) {
      for (const auto& b : all_now) {
        if (a.name == b.name && text(a) != text(b)) {
          differences.push_back(fmt::format("the {} {} has other settings", kind, a.name));
        }
      }
    }
  };
  compare_named("task", before.tasks, now.tasks, task_text);
  compare_named("method", before.methods, now.methods, method_text);
  return differences;
}

}  // namespace posthoc::study
