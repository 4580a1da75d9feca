#include "tasks.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "autograd/ops.h"
#include "tensor/random.h"

namespace posthoc::bench {

std::vector<double> Category::all_shares() const {
  std::vector<double> all(shares.begin(), std::find(shares.begin(), shares.end(), 0.0));
  const double left = 1.0 - std::accumulate(all.begin(), all.end(), 0.0);
  const auto others = static_cast<std::size_t>(values) - all.size();
  all.resize(static_cast<std::size_t>(values), left / static_cast<double>(others));
  return all;
}

namespace {

// Standardised 0/1 columns of a category for a row that was dealt `uniform`, by what the shares say of them.
float* write_values(const std::vector<double>& shares, double uniform, float* to) {
  bool drawn = false;
  for (const double share : shares) {
    const bool it = !drawn && uniform < share;
    drawn = drawn || it;
    uniform -= share;
    *to++ = static_cast<float>(((it ? 1.0 : 0.0) - share) / std::sqrt(share * (1.0 - share)));
  }
  return to;
}

Tensor features(const Shape& shape) {
  Tensor x = random_normal({shape.rows, shape.features}, {1, purpose("bench"), 0});
  std::vector<std::vector<double>> shares;
  std::int64_t numbers = shape.features;
  for (const Category& category : shape.categories) {
    shares.push_back(category.all_shares());
    numbers -= category.values;
  }
  const RandomStream stream{1, purpose("bench categories"), 0};
  std::uint64_t draws = 0;
  float* cell = x.mutable_values<float>().data();
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    cell += numbers;
    for (const auto& category : shares) cell = write_values(category, random_uniform_at(stream, draws++), cell);
  }
  return x;
}

std::shared_ptr<nn::Mlp> network(const Shape& shape, const Tensor& x) {
  auto model = std::make_shared<nn::Mlp>(nn::MlpOptions{.input = shape.features, .depth = 10, .width = 32}, 3);
  const NoGrad no_graph;
  for (int i = 0; i < 5; ++i) model->forward(Variable(x.rows(0, std::min<std::int64_t>(512, shape.rows))));
  model->eval();
  return model;
}

// Scores of some rows, ascending: where a score lies among them is nearly its quantile.
std::vector<double> sorted_sample(const std::vector<double>& scores) {
  const std::size_t stride = std::max<std::size_t>(1, scores.size() / 1000);
  std::vector<double> sample;
  for (std::size_t i = 0; i < scores.size(); i += stride) sample.push_back(scores[i]);
  std::sort(sample.begin(), sample.end());
  return sample;
}

}  // namespace

ScoredRows::ScoredRows(std::vector<double> all) : scores(std::move(all)) {
  const std::vector<double> sample = sorted_sample(scores);
  std::mt19937 random(1);
  const auto happens = [&](double probability) { return static_cast<double>(random() % 1000) < 1000 * probability; };
  for (const double score : scores) {
    const auto below = std::lower_bound(sample.begin(), sample.end(), score) - sample.begin();
    const double quantile = static_cast<double>(below) / static_cast<double>(sample.size());
    groups.push_back(happens(0.3 + 0.5 * quantile) ? 1 : 0);
    labels.push_back(happens(0.02 + 0.9 * quantile * quantile) ? 1 : 0);
  }
}

ScoredRows network_scores(std::int64_t rows) {
  std::vector<double> scores = random_normal({rows}, {1, purpose("bench scores"), 0}).to_vector();
  for (double& score : scores) score = static_cast<double>(static_cast<float>(1.0 / (1.0 + std::exp(-score))));
  return ScoredRows(std::move(scores));
}

const fairness::Objective& objective() {
  static const fairness::Objective spd = fairness::make_objective("spd", "balanced_accuracy");
  return spd;
}

Task::Task(const Shape& shape) : x(features(shape)), rows({}) {
  model = network(shape, x);
  rows = ScoredRows(nn::scores(*model, x));
  problem.model = model;
  problem.features = x;
  problem.validation = rows.outcomes();
  problem.objective = objective();
  problem.seed = 1;
}

}  // namespace posthoc::bench
