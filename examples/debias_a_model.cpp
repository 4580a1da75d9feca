// Trains a small network on synthetic data, whose bias is known, and makes its decisions fairer by random perturbation.
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

using namespace posthoc;

int main() try {
  // 10000 rows, split into training, validation and test and standardised by the training part. Group 1, the
  // privileged one, has the favourable label more often by 0.2.
  const data::Prepared rows = data::prepare(data::load("synthetic"));

  nn::MlpOptions network;
  network.input = rows.train.features.size(1);
  network.depth = 1;
  network.width = 8;
  const auto model = std::make_shared<nn::Mlp>(network, /*seed=*/0);
  optim::TrainingOptions training;
  training.max_epochs = 5;
  optim::train(*model, {rows.train.features, rows.train.labels}, {rows.valid.features, rows.valid.labels}, training);

  // A method sees the validation rows alone. It minimises 0.75 |SPD| + 0.25 (1 - accuracy), where SPD, the statistical
  // parity difference, is P(favourable decision | group 0) - P(favourable decision | group 1).
  const std::vector<double> scores = nn::scores(*model, rows.valid.features);
  debias::Problem problem;
  problem.model = model;
  problem.features = rows.valid.features;
  problem.validation = {scores, rows.valid.labels, rows.valid.groups};
  problem.objective = fairness::make_objective("spd", "accuracy", 0.75);

  // With the paper's sigma of 0.1 this small network hardly changes, and the fairest result is to treat everybody
  // alike.
  debias::MethodOptions options;
  options.random.sigma = 0.5;

  // "default" leaves the network as it is: the state before. What each method returns is judged on the test rows.
  for (const char* method : {"default", "random"}) {
    const debias::Debiased result = debias::method(method, options)->fit(problem);
    const std::vector<double> test = nn::scores(*result.model->clone_classifier(), rows.test.features);
    const debias::Evaluation evaluation =
        debias::evaluate(result.rule, {test, rows.test.labels, rows.test.groups}, problem.objective);
    fmt::print("{:<8} SPD {:+.4f}  accuracy {:.4f}{}\n", method, evaluation.bias.number(),
               evaluation.performance.number(), evaluation.degenerate ? "  (hardly decides)" : "");
  }
} catch (const Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
