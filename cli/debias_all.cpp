#include <algorithm>
#include <chrono>
#include <fmt/core.h>

#include "base/error.h"
#include "cli/debias_run.h"
#include "cli/progress_bar.h"
#include "cli/table.h"

namespace posthoc::cli {
namespace {

// One method of the table: what it gave, or why it could not run.
struct Attempt {
  std::string name;
  std::optional<DebiasRun> run;
  std::string error = {};
};

Attempt attempt(const std::string& name, const DebiasOptions& options, const DebiasTask& task) {
  // As when it is run alone, a baseline is of all rows.
  const bool baseline = name == "majority" || name == kOriginal;
  try {
    return {name, run_method(name, options, *task.task, baseline ? task.everybody : task.counted)};
  } catch (const Error& error) {
    return {name, std::nullopt, error.what()};
  }
}

void add_differences(std::vector<Attempt>& attempts, const fairness::Objective& objective) {
  const auto original =
      std::find_if(attempts.begin(), attempts.end(), [](const Attempt& one) { return one.name == kOriginal; });
  if (original == attempts.end() || !original->run) return;
  for (Attempt& attempt : attempts) {
    if (attempt.run && attempt.name != kOriginal) compare_with(*original->run, objective, *attempt.run);
  }
}

std::vector<Attempt> attempt_all(const DebiasOptions& options, const DebiasTask& task) {
  std::vector<Attempt> attempts;
  std::size_t failed = 0;
  for (const debias::MethodEntry& entry : debias::methods()) {
    attempts.push_back(attempt(std::string(entry.name), options, task));
    if (!attempts.back().run) ++failed;
  }
  require(failed < attempts.size(), "no method can run on this problem: {}", attempts.front().error);
  add_differences(attempts, task.everybody.objective);
  return attempts;
}

// The lowest objective on validation of a result that decides something; null if there is none. Of equally good ones
// the first, and the table begins with the simplest.
const DebiasRun* best_of(const std::vector<Attempt>& attempts) {
  const DebiasRun* best = nullptr;
  for (const Attempt& attempt : attempts) {
    if (!attempt.run) continue;
    const debias::Evaluation& valid = attempt.run->row.expected.valid;
    if (valid.degenerate || !valid.objective.defined()) continue;
    if (best == nullptr || valid.objective.number() < best->row.expected.valid.objective.number()) {
      best = &*attempt.run;
    }
  }
  return best;
}

std::vector<ComparedRow> rows_of(const std::vector<Attempt>& attempts) {
  std::vector<ComparedRow> rows;
  for (const Attempt& attempt : attempts) {
    if (attempt.run) rows.push_back(attempt.run->row);
  }
  return rows;
}

std::vector<std::string> line_of(const Attempt& attempt, std::size_t columns) {
  std::vector<std::string> line{attempt.name};
  if (!attempt.run) {
    line.resize(columns - 1, "-");
    line.emplace_back("failed");
    return line;
  }
  const ComparedRow& row = attempt.run->row;
  for (const std::string& cell : cells_of(row.expected.valid)) line.push_back(cell);
  for (const std::string& cell : cells_of(*row.expected.test)) line.push_back(cell);
  line.insert(line.end() - 1, format_interval(row.expected.bias_on_test->interval));  // behind the bias
  line.push_back(debias::to_string(row.rule));
  line.push_back(fmt::format("{:.2f}", attempt.run->fitted.seconds));
  line.push_back(remark_on(row));
  return line;
}

void print_all(std::ostream& out, const std::vector<Attempt>& attempts, const fairness::Objective& objective) {
  const std::string bias(objective.bias->name);
  const std::string performance(objective.performance->name);
  const std::vector<std::string> header = {"method", "valid: objective", bias,        performance, "test: objective",
                                           bias,     "95 % interval",    performance, "rule",      "seconds",
                                           ""};
  std::vector<std::vector<std::string>> lines;
  for (const Attempt& attempt : attempts) lines.push_back(line_of(attempt, header.size()));
  out << format_table(header, lines);
  const std::vector<ComparedRow> rows = rows_of(attempts);
  print_objective(out, rows, objective);
  for (const Attempt& attempt : attempts) {
    if (attempt.run) {
      print_notes(out, attempt.run->fitted);
    } else {
      out << fmt::format("failed: {}: {}\n", attempt.name, attempt.error);
    }
  }
  print_reasons(out, rows, objective);
}

Json all_json(const std::vector<Attempt>& attempts, const DebiasOptions& options, const DebiasTask& task,
              double seconds, const Context& context) {
  Json json = head_json(options, task, context);
  json["methods"] = Json::object();
  json["baselines"] = Json::object();
  for (const Attempt& attempt : attempts) {
    Json& block = json["methods"][attempt.name];
    if (!attempt.run) {
      block = {{"error", attempt.error}};
      continue;
    }
    block = run_json(*attempt.run, options);
    if (attempt.name == "majority" || attempt.name == kOriginal) {
      json["baselines"][attempt.name] = predictor_json(attempt.run->row);
    }
  }
  const DebiasRun* best = best_of(attempts);
  json["best"] = best != nullptr ? Json(best->row.name) : Json();
  json["warnings"] = task.task->warnings;
  json["not_optimised_for"] = task.large ? task.large->left_out : std::vector<std::string>{};
  json["seconds"] = seconds;
  return json;
}

}  // namespace

void debias_with_all(const DebiasOptions& options, const Context& context) {
  for (const debias::MethodEntry& entry : debias::methods()) {
    static_cast<void>(entry.make(options.methods.options()));  // a bad option fails early
  }
  const auto start = std::chrono::steady_clock::now();
  ProgressBar bar(context.err, stderr_is_terminal());
  const DebiasTask task = load_problem(options, options.output.quiet ? no_progress() : bar);
  const std::vector<Attempt> attempts = attempt_all(options, task);
  const DebiasRun* best = best_of(attempts);
  const bool saves = best != nullptr && !options.output_model.empty();
  if (saves) save(*best, options, *task.task, context);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  if (std::ostream* out = options.output.table(context)) {
    for (const std::string& note : task.notes()) *out << note << "\n";
    print_all(*out, attempts, task.everybody.objective);
    for (const std::string& warning : task.task->warnings) *out << "warning: " << warning << "\n";
    *out << (best != nullptr ? "best: " + best->row.name + ", the lowest objective on validation that is not degenerate"
                             : "best: none, every result is degenerate")
         << "\n";
    if (saves) *out << "model: " << options.output_model << " (" << best->row.name << ")\n";
  }
  options.output.write(all_json(attempts, options, task, seconds, context), context);
  require(saves || options.output_model.empty(), "every method's result is degenerate, so {} was not written",
          options.output_model);
}

}  // namespace posthoc::cli
