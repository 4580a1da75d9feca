// Random perturbation's trials, part by part and whole, on the three shapes of the published data sets: Adult
// (9044 x 98), Bank (6098 x 57) and COMPAS (1234 x 401), networks of depth 10 and width 32, one thread. FLOP/s count
// the forward pass alone; the row "peak" is what the processor could do.

#include <algorithm>
#include <cmath>
#include <random>

#include "base/threads.h"
#include "debias/fused/network.h"
#include "debias/random_perturbation.h"
#include "fma_peak.h"
#include "nn/mlp.h"
#include "tensor/random.h"
#include "verified.h"

namespace posthoc::bench {
namespace {

struct Shape {
  const char* name;
  std::int64_t rows;
  std::int64_t features;

  [[nodiscard]] double flop() const { return 2.0 * static_cast<double>(rows * (32 * features + 10 * 32 * 32 + 32)); }
};

// A network with running statistics of its own, and labels and groups that hang together with its scores.
struct Task {
  explicit Task(const Shape& shape)
      : model(std::make_shared<nn::Mlp>(nn::MlpOptions{.input = shape.features, .depth = 10, .width = 32}, 3)),
        x(random_normal({shape.rows, shape.features}, {1, purpose("bench"), 0})) {
    const NoGrad no_graph;
    for (int i = 0; i < 5; ++i) model->forward(Variable(x.rows(0, 512)));
    scores = nn::scores(*model, x);
    std::vector<double> sorted = scores;
    std::sort(sorted.begin(), sorted.end());
    std::mt19937 random(1);
    const auto happens = [&](double probability) { return static_cast<double>(random() % 1000) < 1000 * probability; };
    for (const double score : scores) {
      const auto below = std::lower_bound(sorted.begin(), sorted.end(), score) - sorted.begin();
      const double quantile = static_cast<double>(below) / static_cast<double>(sorted.size());
      groups.push_back(happens(0.3 + 0.5 * quantile) ? 1 : 0);
      labels.push_back(happens(0.02 + 0.9 * quantile * quantile) ? 1 : 0);
    }
    problem.model = model;
    problem.features = x;
    problem.validation = outcomes();
    problem.objective = fairness::make_objective("spd", "accuracy");
    problem.seed = 1;
  }
  [[nodiscard]] fairness::Outcomes outcomes() const { return {scores, labels, groups}; }

  std::shared_ptr<nn::Mlp> model;
  Tensor x;
  std::vector<double> scores;
  std::vector<std::uint8_t> labels;
  std::vector<std::int32_t> groups;
  debias::Problem problem;
};

std::string largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return a.size() == b.size() && largest <= 1e-5 ? "" : fmt::format("scores are off by {}", largest);
}

Row forward(const Shape& shape, bool fused) {
  auto task = std::make_shared<Task>(shape);
  auto rows = std::make_shared<debias::FusedRows>(*debias::FusedRows::of(*task->model, task->x));
  auto scorer = std::make_shared<debias::FusedScorer>();
  const nn::Chain chain = *task->model->chain();
  return {[=] { return largest_difference(scorer->scores(chain, *rows), task->scores); },
          [=] {
            if (fused) return benchmark::DoNotOptimize(scorer->scores(chain, *rows).data());
            benchmark::DoNotOptimize(nn::scores(*task->model, task->x).data());
          }};
}

Row noise(const Shape& shape) {
  const Tensor w = Tensor::full({33 * shape.features + 10 * 33 * 32 + 22 * 32 + 33}, 1.0);
  const RandomStream stream{1, purpose("bench"), 1};
  return {[=] {
            const auto last = static_cast<std::uint64_t>(w.elements() - 1);
            return difference("the last weight", random_perturb(w, stream, 0.1, 0).to_vector().back(),
                              static_cast<double>(std::fma(0.1F, random_normal_at(stream, last), 1.0F)), 0.0);
          },
          [=] { benchmark::DoNotOptimize(random_perturb(w, stream, 0.1, 0).address()); }};
}

Row threshold(const Shape& shape) {
  auto task = std::make_shared<Task>(shape);
  auto sweep = std::make_shared<fairness::ScoreSweep>(task->outcomes());
  auto buffers = std::make_shared<fairness::SortBuffers>();
  return {[=] {
            const auto best = sweep->find(task->problem.objective);
            return difference("the objective", best.objective,
                              fairness::evaluate(task->problem.objective, task->outcomes(), best.threshold), 0.0);
          },
          [=] {
            sweep->assign(task->outcomes(), *buffers);
            benchmark::DoNotOptimize(sweep->find(task->problem.objective).threshold);
          }};
}

Row peak(long steps) {
  return {[] {
            float sum = 0.0F;
            fma_peak_flop(1000, sum);
            return difference("the sum", static_cast<double>(sum), 24.0, 1e-5);  // of twelve limits: a = a / 2 + 1
          },
          [=] {
            float sum = 0.0F;
            benchmark::DoNotOptimize(fma_peak_flop(steps, sum));
            benchmark::DoNotOptimize(sum);
          }};
}

// 20 trials and the original.
Row fit(const Shape& shape, bool fused) {
  auto task = std::make_shared<Task>(shape);
  const auto run = [task](bool how) {
    return debias::RandomPerturbation({.trials = 20, .sigma = 0.1, .fused = how}).fit(task->problem);
  };
  return {[=] { return run(true).best_step == run(false).best_step ? "" : "the fused pass chose another trial"; },
          [=] { benchmark::DoNotOptimize(run(fused).best_step); }};
}

void add_rows(const Shape& shape) {
  const auto name = [&](const char* what) { return fmt::format("{}/{}", shape.name, what); };
  add_row(name("forward_plain"), shape.flop(), [=] { return forward(shape, false); });
  add_row(name("forward_fused"), shape.flop(), [=] { return forward(shape, true); });
  add_row(name("noise"), 0.0, [=] { return noise(shape); });
  add_row(name("threshold"), 0.0, [=] { return threshold(shape); });
  add_row(name("fit_20_trials_plain"), 21 * shape.flop(), [=] { return fit(shape, false); });
  add_row(name("fit_20_trials_fused"), 21 * shape.flop(), [=] { return fit(shape, true); });
}

}  // namespace
}  // namespace posthoc::bench

int main(int argc, char** argv) {
  posthoc::set_threads(1);
  constexpr long kSteps = 100000;
  float sum = 0.0F;
  posthoc::bench::add_row("peak", posthoc::bench::fma_peak_flop(1, sum) * kSteps,
                          [] { return posthoc::bench::peak(kSteps); });
  for (const posthoc::bench::Shape& shape :
       {posthoc::bench::Shape{"adult", 9044, 98}, {"bank", 6098, 57}, {"compas", 1234, 401}}) {
    posthoc::bench::add_rows(shape);
  }
  return posthoc::bench::run(argc, argv);
}
