// The writing half of study_file.h.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "study/method_keys.h"
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
  if (task.optional) text += "optional = true\n";
  if (task.label.empty()) return text;  // a named data set
  text += fmt::format("label = {}\nprivileged = {}\n", in_quotes(task.label), list(task.privileged));
  if (!task.categorical.empty()) text += fmt::format("categorical = {}\n", list(task.categorical));
  if (!task.dropped.empty()) text += fmt::format("drop = {}\n", list(task.dropped));
  if (!task.missing.empty()) text += fmt::format("missing = {}\n", list(task.missing));
  return text + fmt::format("separator = {}\n", in_quotes(std::string(1, task.separator)));
}

// Writes options as the reader takes them.
struct OptionWriter {
  std::string& text;
  bool cost_given;

  template <typename T>
  void operator()(std::string_view key, const T& value) const {
    text += fmt::format("{} = {}\n", key, value);
  }
  template <typename Enum>
  void operator()(std::string_view key, const Enum& value, const Names<std::remove_const_t<Enum>>& names) const {
    if (key == "cost" && !cost_given) return;  // the protocol's then
    for (const auto& [name, of_name] : names) {
      if (of_name == value) text += fmt::format("{} = {}\n", key, in_quotes(name));
    }
  }
};

std::string method_text(const MethodChoice& choice) {
  std::string text =
      fmt::format("\n[[methods]]\nlabel = {}\nname = {}\n", in_quotes(choice.label), in_quotes(choice.name));
  visit_options(choice, OptionWriter{text, choice.calibrated_cost_given});
  return text;
}

std::string architectures_text(const std::string& table, const std::vector<Architecture>& architectures) {
  std::string text;
  for (const Architecture& network : architectures) {
    text += fmt::format("\n[[{}]]\ndepth = {}\nwidth = {}\ndropout = {}\n", table, network.depth, network.width,
                        network.dropout);
  }
  return text;
}

// What the study's own settings do not say already: lists of everything would make a long file of a short one.
std::string experiment_text(const Experiment& experiment, const Experiment& of_all) {
  std::string text = fmt::format("\n[[experiments]]\nname = {}\n", in_quotes(experiment.name));
  if (experiment.tasks != of_all.tasks) text += fmt::format("tasks = {}\n", list(experiment.tasks));
  if (experiment.measures != of_all.measures) text += fmt::format("measures = {}\n", list(experiment.measures));
  if (experiment.methods != of_all.methods) text += fmt::format("methods = {}\n", list(experiment.methods));
  if (experiment.seeds != of_all.seeds) text += fmt::format("seeds = [{}]\n", fmt::join(experiment.seeds, ", "));
  std::vector<std::string> protocols;
  for (const Protocol& protocol : experiment.protocols) protocols.push_back(to_string(protocol));
  const bool tradeoff = experiment.objective == fairness::Objective::Kind::tradeoff;
  text += fmt::format("protocols = {}\nobjective = {}\n{} = {}\nperformance = {}\n", list(protocols),
                      in_quotes(fairness::to_string(experiment.objective)), tradeoff ? "lambda" : "epsilon",
                      experiment.weight, in_quotes(experiment.performance));
  if (experiment.architectures == of_all.architectures) return text;
  return text + architectures_text("experiments.architectures", experiment.architectures);
}

template <typename Further>
std::string further_text(const char* table, const Further& further) {
  return fmt::format("\n[{}]\ntasks = {}\nseeds = [{}]\n", table, list(further.tasks), fmt::join(further.seeds, ", "));
}

std::string sensitivity_text(const SensitivityExperiment& sensitivity) {
  const SensitivityOptions& options = sensitivity.options;
  return further_text("sensitivity", sensitivity) +
         fmt::format("trials = {}\nheld_out = {}\ngradients = {}\nsigma = {}\n", options.trials, options.held_out,
                     options.gradients, options.sigma);
}

}  // namespace

std::string to_toml(const Study& study) {
  std::string text = fmt::format("name = {}\nmeasures = {}\nperformance = {}\nlambda = {}\nthreshold_search = {}\n",
                                 in_quotes(study.name), list(study.measures), in_quotes(study.performance),
                                 study.lambda, in_quotes(fairness::to_string(study.threshold_search)));
  text += fmt::format("seeds = [{}]\nsplit_seed = {}\nmax_epochs = {}\npatience = {}\nprotocol = {}\n",
                      fmt::join(study.seeds, ", "), study.split_seed, study.max_epochs, study.patience,
                      in_quotes(to_string(study.protocol)));
  for (const Task& task : study.tasks) text += task_text(task);
  for (const MethodChoice& choice : study.methods) text += method_text(choice);
  text += architectures_text("architectures", study.architectures);
  const Experiment of_all = everything(study);
  for (const Experiment& experiment : study.experiments) text += experiment_text(experiment, of_all);
  if (!study.classifiers.tasks.empty()) text += further_text("classifiers", study.classifiers);
  if (!study.sensitivity.tasks.empty()) text += sensitivity_text(study.sensitivity);
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
  for (const Task& a : before.tasks) {
    for (const Task& b : now.tasks) {
      if (a.name == b.name && task_text(a) != task_text(b)) {
        differences.push_back(fmt::format("the task {} has other settings", a.name));
      }
    }
  }
  for (const MethodChoice& a : before.methods) {
    for (const MethodChoice& b : now.methods) {
      if (a.label == b.label && method_text(a) != method_text(b)) {
        differences.push_back(fmt::format("the method {} has other settings", a.label));
      }
    }
  }
  return differences;
}

}  // namespace posthoc::study
