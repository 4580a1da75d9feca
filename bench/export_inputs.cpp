// export_inputs FOLDER: writes what the programs measure on, and what comes out, for other libraries to do the same
// (bench/peers/): safetensors files, one a task.

#include <filesystem>
#include <fmt/core.h>

#include "base/file.h"
#include "debias/random_perturbation.h"
#include "fairness/reject_option.h"
#include "fairness/threshold.h"
#include "nn/safetensors.h"
#include "optim/blackbox/minimize.h"
#include "surrogate.h"
#include "tasks.h"
#include "training.h"

namespace posthoc::bench {
namespace {

using nn::StateDict;

void write(const std::filesystem::path& folder, const std::string& name, const StateDict& tensors) {
  write_file(folder / (name + ".safetensors"), nn::to_safetensors({tensors, {}}));
}

template <typename T>
Tensor column(const std::vector<T>& values) {
  return Tensor::from(values, {static_cast<std::int64_t>(values.size())});
}

template <typename T>
Tensor integers(const std::vector<T>& values) {
  return column(std::vector<std::int64_t>(values.begin(), values.end()));
}

void add(StateDict& into, const std::string& prefix, const nn::Module& module) {
  for (const auto& [name, tensor] : module.state_dict()) into[prefix + "." + name] = tensor;
}

// The exact threshold and that of a grid of 501, each with its objective.
void add_thresholds(StateDict& into, const fairness::Outcomes& outcomes) {
  const auto exact = fairness::find_threshold(outcomes, objective());
  const auto grid = fairness::find_threshold(outcomes, objective(), fairness::ThresholdSearch::grid(501));
  into["exact"] = column<double>({exact.threshold, exact.objective});
  into["grid"] = column<double>({grid.threshold, grid.objective});
}

void export_task(const std::filesystem::path& folder, const Shape& shape) {
  const Task task(shape);
  const auto trial = debias::perturbed_copy(*task.model, task.problem.seed, 1, 0.1);
  const std::vector<double> trial_scores = nn::scores(*trial, task.x);
  const auto option =
      fairness::RejectOptionSweep(task.rows.outcomes()).find_on_grid(fairness::make_reject_option_goal("spd"));
  StateDict tensors = {{"x", task.x},
                       {"labels", integers(task.rows.labels)},
                       {"groups", integers(task.rows.groups)},
                       {"scores", column(task.rows.scores)},
                       {"trial_scores", column(trial_scores)},
                       {"reject_option", column<double>({option.threshold, option.margin})}};
  add(tensors, "model", *task.model);
  add(tensors, "trial", *trial);
  add_thresholds(tensors, {trial_scores, task.rows.labels, task.rows.groups});
  write(folder, fmt::format("task_{}", shape.name), tensors);
}

// Losses of the first steps, without dropout: another library drops other units.
void export_training(const std::filesystem::path& folder, const Shape& shape) {
  Training training(shape.features, Dtype::float32, 0.0);
  StateDict tensors = {{"x", training.x()}, {"y", training.y()}, {"order", training.order()}};
  for (const auto& [name, tensor] : training.model().state_dict()) tensors["model." + name] = tensor.clone();
  std::vector<double> losses;
  for (int step = 0; step < 10; ++step) losses.push_back(training.step());
  tensors["losses"] = column(losses);
  write(folder, fmt::format("training_{}", shape.name), tensors);
}

void export_fine_tuning(const std::filesystem::path& folder) {
  FineTuning critic(Dtype::float32, 0.0);
  FineTuning actor(Dtype::float32, 0.0);
  std::vector<double> critic_losses;
  std::vector<double> actor_losses;
  for (int step = 0; step < 3; ++step) critic_losses.push_back(critic.critic_step());
  for (int step = 0; step < 5; ++step) actor_losses.push_back(actor.actor_step());
  const FineTuning fresh(Dtype::float32, 0.0);
  StateDict tensors = {{"x", fresh.x()},
                       {"y", fresh.y()},
                       {"hidden", fresh.hidden()},
                       {"critic_losses", column(critic_losses)},
                       {"actor_losses", column(actor_losses)}};
  add(tensors, "actor", fresh.actor());
  add(tensors, "critic", fresh.critic());
  write(folder, "fine_tuning", tensors);
}

void export_scores(const std::filesystem::path& folder, const char* name, std::int64_t n) {
  const ScoredRows rows = network_scores(n);
  StateDict tensors = {
      {"scores", column(rows.scores)}, {"labels", integers(rows.labels)}, {"groups", integers(rows.groups)}};
  add_thresholds(tensors, rows.outcomes());
  write(folder, name, tensors);
}

// What the regressors of the three quantiles say of the points they were fitted to.
void export_guided_call(const std::filesystem::path& folder, std::size_t dimensions, std::size_t known) {
  const GuidedCall call(dimensions, known);
  std::vector<double> predictions;
  for (const optim::BoostedTrees& trees : call.fit()) {
    for (std::size_t i = 0; i < known; ++i) {
      predictions.push_back(trees.predict(std::span(call.points()).subspan(i * dimensions, dimensions)));
    }
  }
  const auto rows = static_cast<std::int64_t>(known);
  write(folder, fmt::format("guided_call_{}", dimensions),
        {{"points", Tensor::from(call.points(), {rows, static_cast<std::int64_t>(dimensions)})},
         {"values", column(call.values())},
         {"predictions", Tensor::from(predictions, {3, rows})}});
}

void export_search(const std::filesystem::path& folder) {
  std::vector<double> found;
  for (std::uint64_t seed = 0; seed < kSearchSeeds; ++seed) found.push_back(search_bowl(seed).value);
  write(folder, "search", {{"found", column(found)}});
}

void export_all(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const Shape& shape : kShapes) {
    export_task(folder, shape);
    export_training(folder, shape);
  }
  export_fine_tuning(folder);
  export_scores(folder, "scores_4", 10'000);
  export_scores(folder, "scores_5", 100'000);
  export_scores(folder, "scores_6", 1'000'000);
  export_guided_call(folder, 64, 20);
  export_guided_call(folder, 1024, 50);
  export_search(folder);
}

}  // namespace
}  // namespace posthoc::bench

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: export_inputs FOLDER\n");
    return 2;
  }
  try {
    posthoc::bench::export_all(argv[1]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "export_inputs: {}\n", error.what());
    return 1;
  }
  return 0;
}
