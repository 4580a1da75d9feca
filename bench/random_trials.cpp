// Random perturbation's trials, whole and part by part, on the shapes of the published data sets. FLOP/s count the
// forward pass alone, every feature multiplied, whether or not it was: of categories the first layer adds a few vectors
// a row instead. The reference is the plain path, layer by layer.

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cmath>
#include <fmt/format.h>

#include "debias/fused/network.h"
#include "debias/random_perturbation.h"
#include "nn/mlp.h"
#include "tasks.h"
#include "tensor/random.h"
#include "verified.h"

namespace posthoc::bench {
namespace {

std::string largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return fmt::format("{} scores instead of {}", a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!(std::abs(a[i] - b[i]) <= 1e-5)) return fmt::format("score {} is {} instead of {}", i, a[i], b[i]);
  }
  return "";
}

// Trials and the original; the fused pass must choose what the plain path chooses.
constexpr std::int64_t kTrials = 400;

Row fit(const Shape& shape, bool fused) {
  auto task = std::make_shared<Task>(shape);
  const auto run = [task](std::int64_t trials, bool how) {
    return debias::RandomPerturbation({.trials = trials, .sigma = 0.1, .fused = how}).fit(task->problem);
  };
  const std::int64_t trials = fused ? kTrials : kTrials / 20;
  return {[=] {
            const debias::Debiased plain = run(kTrials / 20, false);
            const debias::Debiased fast = run(kTrials / 20, true);
            if (fast.best_step != plain.best_step)
              return fmt::format("trial {} won, not {}", fast.best_step, plain.best_step);
            const auto index = static_cast<std::size_t>(plain.best_step);
            return difference("the objective", fast.trace[index].objective, plain.trace[index].objective, 0.0);
          },
          [=] { benchmark::DoNotOptimize(run(trials, fused).best_step); }};
}

Row fused_scores(const Shape& shape, debias::FirstLayer first_layer) {
  auto task = std::make_shared<Task>(shape);
  auto rows = std::make_shared<debias::FusedRows>(*debias::FusedRows::of(*task->model, task->x, first_layer));
  auto scorer = std::make_shared<debias::FusedScorer>();
  const nn::Chain chain = *task->model->chain();
  return {[=] { return largest_difference(scorer->scores(chain, *rows), task->rows.scores); },
          [=] { benchmark::DoNotOptimize(scorer->scores(chain, *rows).data()); }};
}

Row plain_scores(const Shape& shape) {
  auto task = std::make_shared<Task>(shape);
  auto dense = debias::FusedRows::of(*task->model, task->x, debias::FirstLayer::dense);
  const std::vector<double> fused = debias::FusedScorer().scores(*task->model->chain(), *dense);
  return {[=] { return largest_difference(nn::scores(*task->model, task->x), fused); },
          [=] { benchmark::DoNotOptimize(nn::scores(*task->model, task->x).data()); }};
}

Row noise(std::int64_t weights) {
  const Tensor w = Tensor::full({weights}, 1.0);
  const RandomStream stream{1, purpose("bench"), 1};
  return {[=] {
            const std::vector<double> perturbed = random_perturb(w, stream, 0.1, 0).to_vector();
            for (std::size_t i = 0; i < perturbed.size(); ++i) {
              const float one = std::fma(0.1F, random_normal_at(stream, i), 1.0F);
              const std::string wrong = difference("a weight", perturbed[i], static_cast<double>(one), 0.0);
              if (!wrong.empty()) return wrong;
            }
            return std::string();
          },
          [=] { benchmark::DoNotOptimize(random_perturb(w, stream, 0.1, 0).address()); }};
}

void add_rows(const Shape& shape) {
  const std::string on(shape.name);
  const auto parameters = static_cast<double>(33 * shape.features + 10 * 33 * 32 + 22 * 32 + 33);
  add_row({.row = 1, .what = "one trial", .on = on, .pieces = kTrials + 1, .flop = shape.flop()},
          [=] { return fit(shape, true); });
  add_row({.row = 1, .what = "one trial, all columns numbers", .on = on, .pieces = kTrials + 1, .flop = shape.flop()},
          [=] { return fit(shape.of_numbers(), true); });
  add_row({.what = "one trial, plain path", .on = on, .pieces = kTrials / 20 + 1, .flop = shape.flop()},
          [=] { return fit(shape, false); });
  add_row({.what = "scores", .on = on, .flop = shape.flop()},
          [=] { return fused_scores(shape, debias::FirstLayer::cheaper); });
  add_row({.what = "scores, no columns apart", .on = on, .flop = shape.flop()},
          [=] { return fused_scores(shape, debias::FirstLayer::dense); });
  add_row({.what = "scores, plain path", .on = on, .flop = shape.flop()}, [=] { return plain_scores(shape); });
  add_row({.what = "noise", .on = on, .items = parameters, .item = "weight"},
          [=] { return noise(static_cast<std::int64_t>(parameters)); });
}

}  // namespace
}  // namespace posthoc::bench

int main(int argc, char** argv) {
  for (const posthoc::bench::Shape& shape : posthoc::bench::kShapes) posthoc::bench::add_rows(shape);
  return posthoc::bench::run(argc, argv);
}
