// A method of one's own, outside the library: it perturbs the last layer of a network alone and keeps the best copy.
#include <cstdint>
#include <fmt/core.h>
#include <memory>
#include <vector>

#include "base/error.h"
#include "data/named.h"
#include "data/prepared.h"
#include "debias/evaluation.h"
#include "debias/method.h"
#include "nn/mlp.h"
#include "optim/training.h"
#include "tensor/random.h"

using namespace posthoc;

class LastLayer final : public debias::Method {
 public:
  LastLayer(std::int64_t trials, double sigma) : trials_(trials), sigma_(sigma) {}

  [[nodiscard]] debias::Debiased fit(const debias::Problem& problem) const override {
    debias::validate(problem);
    require(problem.model != nullptr, "last layer: this method changes the model, and only scores were given");
    debias::Debiased best;
    for (std::int64_t trial = 0; trial < trials_; ++trial) {
      // Trial 0 is the network as it is, so that the result is never worse than it. Draws are named by the trial, not
      // consumed in order, so the trials could as well run on threads.
      const std::shared_ptr<nn::Classifier> copy = problem.model->clone_classifier();
      nn::StateDict state = copy->state_dict();
      const RandomStream draws{problem.seed, purpose("last layer"), static_cast<std::uint32_t>(trial)};
      if (trial > 0) state.at("out.weight") = random_perturb(state.at("out.weight"), draws, sigma_, 0);
      copy->load_state_dict(state);

      const std::vector<double> scores = nn::scores(*copy, problem.features);
      const auto found = fairness::find_threshold({scores, problem.validation.labels, problem.validation.groups},
                                                  problem.objective, problem.threshold_search);
      best.trace.push_back({trial, found.objective, found.threshold, found.bias, found.performance});
      if (trial == 0 || found.objective < best.trace[static_cast<std::size_t>(best.best_step)].objective) {
        best.model = copy;
        best.rule = debias::Threshold{found.threshold};
        best.best_step = trial;
      }
    }
    return best;
  }

 private:
  std::int64_t trials_;  // at least 1
  double sigma_;
};

int main() try {
  const data::Prepared rows = data::prepare(data::load("synthetic"));
  nn::MlpOptions network;
  network.input = rows.train.features.size(1);
  network.depth = 1;
  network.width = 8;
  const auto model = std::make_shared<nn::Mlp>(network, /*seed=*/0);
  optim::TrainingOptions training;
  training.max_epochs = 5;
  optim::train(*model, {rows.train.features, rows.train.labels}, {rows.valid.features, rows.valid.labels}, training);

  debias::Problem problem;
  const std::vector<double> scores = nn::scores(*model, rows.valid.features);
  problem.model = model;
  problem.features = rows.valid.features;
  problem.validation = {scores, rows.valid.labels, rows.valid.groups};
  problem.objective = fairness::make_objective("spd", "accuracy", 0.75);

  // Whatever judges a method of the library judges this one.
  const debias::Debiased result = LastLayer(/*trials=*/101, /*sigma=*/1.0).fit(problem);
  const std::vector<double> test = nn::scores(*result.model->clone_classifier(), rows.test.features);
  const debias::Evaluation evaluation =
      debias::evaluate(result.rule, {test, rows.test.labels, rows.test.groups}, problem.objective);
  const debias::TracePoint& before = result.trace.front();
  const debias::TracePoint& after = result.trace[static_cast<std::size_t>(result.best_step)];
  fmt::print("validation  objective {:.4f} -> {:.4f}\n", before.objective, after.objective);
  fmt::print("test        SPD {:+.4f}  accuracy {:.4f}{}\n", evaluation.bias.number(), evaluation.performance.number(),
             evaluation.degenerate ? "  (hardly decides)" : "");
} catch (const Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
