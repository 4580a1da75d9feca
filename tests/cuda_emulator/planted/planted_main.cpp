// planted_<build> BUG SEED: runs all kernels, with one bug planted in them, in one order of threads, and compares with
// the host. Ends with 0 if all is well, kValue if a result differs, kEmulator on an error of the emulator's; a
// sanitizer ends it in its own way.

#include <cstdio>
#include <cstdlib>
#include <random>

#include "cuda_emulator/emulated_trials.h"
#include "cuda_emulator/planted/planted.h"
#include "cuda_emulator/planted/verdicts.h"
#include "debias/random_perturbation.h"
#include "fairness/threshold.h"
#include "nn/mlp.h"
#include "tensor/random.h"

namespace posthoc::testing {

int planted_bug = 0;

namespace {

using namespace debias;

constexpr int kTrials = 3;
constexpr std::uint64_t kSeed = 3;
constexpr double kSigma = 0.1;

// As a chain, in float32 and without a word of the kernels'.
std::vector<float> host_scores(const nn::Chain& chain, const Tensor& x) {
  std::vector<float> scores;
  const auto values = x.values<float>();
  const auto columns = static_cast<std::size_t>(x.size(1));
  for (std::size_t row = 0; row < static_cast<std::size_t>(x.size(0)); ++row) {
    std::vector<float> h(values.begin() + static_cast<std::ptrdiff_t>(row * columns),
                         values.begin() + static_cast<std::ptrdiff_t>((row + 1) * columns));
    std::vector<double> scale(columns, 1.0);
    std::vector<double> shift(columns, 0.0);
    for (const nn::ChainLayer& layer : chain) {
      const auto w = layer.weight.values<float>();
      std::vector<float> next;
      for (std::size_t out = 0; out < static_cast<std::size_t>(layer.weight.size(0)); ++out) {
        double bias = layer.bias.values<float>()[out];
        for (std::size_t in = 0; in < h.size(); ++in) bias += static_cast<double>(w[out * h.size() + in]) * shift[in];
        float sum = 0.0F;
        for (std::size_t in = 0; in < h.size(); ++in) {
          const double weight = w[out * h.size() + in];
          sum = std::fma(static_cast<float>(weight * scale[in]), h[in], sum);
        }
        sum += static_cast<float>(bias);
        next.push_back(layer.relu && sum < 0.0F ? 0.0F : sum);
      }
      h = std::move(next);
      scale.assign(h.size(), 1.0);
      shift.assign(h.size(), 0.0);
      for (std::size_t k = 0; layer.norm && k < h.size(); ++k) {
        scale[k] =
            layer.norm->gamma.values<float>()[k] / std::sqrt(layer.norm->variance.values<float>()[k] + layer.norm->eps);
        shift[k] = layer.norm->beta.values<float>()[k] - layer.norm->mean.values<float>()[k] * scale[k];
      }
    }
    scores.push_back(score_of_logit(h.front()));
  }
  return scores;
}

bool same_scores(std::int64_t rows, std::int64_t features, std::int64_t width) {
  const nn::Mlp model({.input = features, .depth = 2, .width = width}, 3);
  const Tensor x = random_normal({rows, features}, {7, purpose("rows"), 0});
  const TrialPlan plan = *TrialPlan::of(model, x);
  const auto perturbed =
      emulated_perturb(plan, {kSeed, purpose("perturbation"), 1}, static_cast<float>(kSigma), kTrials);
  std::vector<float> expected;
  for (int trial = 1; trial <= kTrials; ++trial) {
    const auto scores = host_scores(*perturbed_copy(model, kSeed, trial, kSigma)->chain(), x);
    expected.insert(expected.end(), scores.begin(), scores.end());
  }
  return emulated_scores(plan, perturbed, kTrials) == expected;
}

bool same_cuts(std::size_t rows) {
  std::mt19937 random(static_cast<unsigned>(rows));
  std::vector<float> scores;
  std::vector<std::uint8_t> labels;
  std::vector<std::int32_t> groups;
  for (std::size_t i = 0; i < rows; ++i) {
    labels.push_back(random() % 3 == 0 ? 1 : 0);
    groups.push_back(random() % 2 == 0 ? 1 : 0);
  }
  for (std::size_t i = 0; i < rows * kTrials; ++i) {
    const float lifted = 0.3F * static_cast<float>(labels[i % rows]) + 0.2F * static_cast<float>(groups[i % rows]);
    scores.push_back(lifted + static_cast<float>(random() % 512) / 1024.0F);
  }
  const fairness::Objective objective = fairness::make_objective("aod", "balanced_accuracy", 0.6);
  const auto cells = cells_of({std::vector<double>(rows), labels, groups});
  const auto cuts = emulated_cuts(scores, cells, *device_objective(objective, 2), kTrials);
  bool same = true;
  std::uint32_t first = 0;
  for (std::uint32_t trial = 0; trial < kTrials; ++trial) {
    const auto begin = scores.begin() + static_cast<std::ptrdiff_t>(trial * rows);
    const std::vector<double> its(begin, begin + static_cast<std::ptrdiff_t>(rows));
    const fairness::ThresholdResult best = fairness::find_threshold({its, labels, groups}, objective);
    const DeviceCut& cut = cuts[trial];
    same = same && cut.sound == 1 && cut.threshold == best.threshold && cut.objective == best.objective;
    if (cut.objective < cuts[first].objective) first = trial;
  }
  return emulated_winner(cuts).trial == first && same;
}

int run() {
  try {
    const bool same = same_scores(130, 20, 32) && same_scores(40, 20, 20) && same_cuts(200) && same_cuts(600);
    return same ? kClean : kValue;
  } catch (const emulator::Error& error) {
    std::printf("%s\n", error.what());
    return kEmulator;
  }
}

}  // namespace
}  // namespace posthoc::testing

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  posthoc::testing::planted_bug = std::atoi(argv[1]);
  posthoc::emulator::options().seed = static_cast<std::uint64_t>(std::atoi(argv[2]));
  return posthoc::testing::run();
}
