#pragma once

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "debias/fused/network.h"
#include "nn/mlp.h"
#include "tensor/random.h"

// What a fused score may differ by from the network's own and from the exact one.

namespace posthoc::debias {

inline constexpr double kUnit = 1.0 / 16777216.0;  // half a unit in the last place of a float32 near 1

// A number and the standard deviation of its error after a float32 computation.
struct Rounded {
  double value = 0.0;
  double error = 0.0;
};

inline double square(double x) { return x * x; }

// The variance of a first layer's sum where columns were taken apart: base + the steps of the row's rare columns + the
// products of its dense ones, base and steps rounded before they are added. Partial sums are at most the sum M of these
// terms' magnitudes, so each addition errs by at most kUnit M; the roundings before err by kUnit times parts of M that
// add up to no more than M, which is one more error of that size. A rare value of 30 stands in M with its step, which
// is what the plain sum's magnitude has for it too; the common values stand in the base alone.
inline double split_variance(const std::vector<double>& row, const ColumnSplit& split, const double* w, double bias) {
  double base = bias;
  double magnitude = 0.0;
  double additions = 0.0;
  for (const TwoValuedColumn& column : split.two_valued) {
    base += w[column.column] * column.common;
    if (row[column.column] == column.common) continue;
    magnitude += std::abs(w[column.column] * (static_cast<double>(column.rare) - column.common));
    ++additions;
  }
  for (const std::uint32_t column : split.dense) magnitude += std::abs(w[column] * row[column]);
  additions += static_cast<double>(split.dense.size());
  return (additions + 1.0) * square(kUnit * (magnitude + std::abs(base)));
}

// One row's logit in float64, and what rounding does to it in the network's own float32 evaluation or in the fused one.
// The worst case grows with the product of all weights' magnitudes and says nothing about ten layers. Rounding errors
// taken as independent (Higham and Mary 2019) do: a sum of k products, in any order, makes at most k + 1 errors of
// `kUnit` times the sum of their magnitudes; the errors of its inputs come on top, times the weights; ReLU passes
// errors on, at most. Normalisation's eight operations are as many more errors, the rounded weight and bias of the
// fused pass three. `split` says which columns the first layer of the fused pass took apart, if it did.
inline Rounded logit_of(const nn::Chain& chain, const std::vector<double>& row, const ColumnSplit* split, bool fused) {
  std::vector<Rounded> h;
  for (const double x : row) h.push_back({x, 0.0});
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const nn::ChainLayer& layer = chain[i];
    const std::vector<double> w = layer.weight.to_vector();
    const std::vector<double> b = layer.bias.to_vector();
    const std::size_t inputs = h.size();
    std::vector<Rounded> next(b.size());
    for (std::size_t out = 0; out < b.size(); ++out) {
      double sum = b[out];
      double magnitude = std::abs(b[out]);
      double variance = 0.0;
      for (std::size_t in = 0; in < inputs; ++in) {
        const double weight = w[out * inputs + in];
        sum += weight * h[in].value;
        magnitude += std::abs(weight * h[in].value);
        variance += square(weight * h[in].error);
      }
      variance += (static_cast<double>(inputs) + 1.0) * square(kUnit * magnitude);
      if (i == 0 && fused && split != nullptr) variance = split_variance(row, *split, w.data() + out * inputs, b[out]);
      next[out] = {layer.relu ? std::max(sum, 0.0) : sum, std::sqrt(variance)};
    }
    if (layer.norm) {
      const std::vector<double> gamma = layer.norm->gamma.to_vector();
      const std::vector<double> beta = layer.norm->beta.to_vector();
      const std::vector<double> mean = layer.norm->mean.to_vector();
      const std::vector<double> variance = layer.norm->variance.to_vector();
      for (std::size_t k = 0; k < next.size(); ++k) {
        const double scale = gamma[k] / std::sqrt(variance[k] + layer.norm->eps);
        const double magnitude = std::abs(scale) * (std::abs(next[k].value) + std::abs(mean[k])) + std::abs(beta[k]);
        next[k] = {(next[k].value - mean[k]) * scale + beta[k],
                   std::sqrt(square(scale * next[k].error) + (fused ? 3 : 8) * square(kUnit * magnitude))};
      }
    }
    h = std::move(next);
  }
  return h.front();
}

// Two standard deviations of the two logits' errors, through a sigmoid, whose slope is at most 1/4 and whose own
// exponential, sum and quotient are within two units of the last place.
inline double score_bound(const Rounded& a, const Rounded& b) {
  return 0.25 * 2 * std::sqrt(square(a.error) + square(b.error)) + 4 * kUnit;
}

// With running statistics that are not the initial ones.
inline std::shared_ptr<nn::Mlp> trained_like(std::int64_t input, std::int64_t depth, std::int64_t width,
                                             std::uint64_t seed) {
  auto model = std::make_shared<nn::Mlp>(nn::MlpOptions{.input = input, .depth = depth, .width = width}, seed);
  const NoGrad no_graph;
  for (std::uint32_t i = 0; i < 3; ++i) {
    model->forward(Variable(random_normal({64, input}, {seed, purpose("test"), i})));
  }
  return model;
}

/// `says_nothing` is a bound that would: rows with values of 30 and more have larger sums, and larger errors.
inline void expect_scores_within_bounds(nn::Classifier& model, const Tensor& x,
                                        FirstLayer first_layer = FirstLayer::cheaper, double says_nothing = 1e-5) {
  const std::optional<FusedRows> rows = FusedRows::of(model, x, first_layer);
  ASSERT_TRUE(rows.has_value());
  FusedScorer scorer;
  const nn::Chain chain = *model.chain();
  const std::vector<double> fused = scorer.scores(chain, *rows);
  const std::vector<double> plain = nn::scores(model, x);
  ASSERT_EQ(fused.size(), plain.size());
  const std::vector<double> features = x.to_vector();
  const auto columns = static_cast<std::ptrdiff_t>(x.size(1));
  for (std::size_t i = 0; i < fused.size(); ++i) {
    const auto begin = features.begin() + static_cast<std::ptrdiff_t>(i) * columns;
    const std::vector<double> row(begin, begin + columns);
    const Rounded exact = logit_of(chain, row, &rows->columns(), true);
    const double bound = score_bound(exact, logit_of(chain, row, nullptr, false));
    EXPECT_LE(std::abs(fused[i] - plain[i]), bound) << "row " << i;
    EXPECT_LE(std::abs(fused[i] - 1.0 / (1.0 + std::exp(-exact.value))), score_bound(exact, {})) << "row " << i;
    EXPECT_LE(bound, says_nothing) << "row " << i;
  }
}

}  // namespace posthoc::debias
