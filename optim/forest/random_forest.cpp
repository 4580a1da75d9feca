#include "optim/forest/random_forest.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "base/error.h"
#include "base/threads.h"
#include "tensor/random.h"

namespace posthoc::optim {

RandomForest fit_random_forest(const RankedSamples& samples, std::span<const std::uint8_t> labels,
                               const ForestOptions& options, Progress& progress) {
  require(options.trees >= 1 && options.trees <= std::numeric_limits<std::int32_t>::max(),
          "random forest: the number of trees must lie in [1, 2^31 - 1], got {}", options.trees);
  ClassificationTreeOptions tree{options.features_per_split, options.max_depth};
  if (tree.features_per_split == 0) {
    tree.features_per_split = static_cast<std::size_t>(std::sqrt(static_cast<double>(samples.features())));
  }
  RandomForest forest{std::vector<RegressionTree>(static_cast<std::size_t>(options.trees)), samples.features()};
  std::vector<std::unique_ptr<ClassificationTreeGrower>> growers(static_cast<std::size_t>(threads()));
  const auto rows = static_cast<std::int64_t>(samples.size());
  ProgressStage stage(progress, "random forest", options.trees);
  parallel_for(options.trees, [&](std::int64_t index, int worker) {
    auto& grower = growers[static_cast<std::size_t>(worker)];
    if (grower == nullptr) grower = std::make_unique<ClassificationTreeGrower>(samples, labels);
    const auto number = static_cast<std::uint32_t>(index);
    std::vector<std::uint32_t> weights(samples.size(), 0);
    for (const std::int64_t row : random_integers(rows, rows, {options.seed, purpose("forest rows"), number})) {
      ++weights[static_cast<std::size_t>(row)];
    }
    forest.trees[static_cast<std::size_t>(index)] =
        grower->grow(weights, tree, {options.seed, purpose("forest features"), number});
    stage.advance(1, "");
  });
  return forest;
}

std::vector<double> RandomForest::scores(const SampleRows& rows) const {
  require(!trees.empty(), "random forest: it has no trees");
  require(rows.features == features && rows.values.size() == rows.size() * features,
          "random forest: expected rows of {} features, got {} values of {} features", features, rows.values.size(),
          rows.features);
  require(std::all_of(rows.values.begin(), rows.values.end(), [](float x) { return std::isfinite(x); }),
          "random forest: a feature is not finite");
  constexpr std::size_t kBlock = 512;  // rows that go through one tree while it is in the cache
  std::vector<double> scores(rows.size(), 0.0);
  parallel_for(static_cast<std::int64_t>((rows.size() + kBlock - 1) / kBlock), [&](std::int64_t block, int) {
    const std::size_t begin = static_cast<std::size_t>(block) * kBlock;
    const std::size_t end = std::min(begin + kBlock, rows.size());
    for (const RegressionTree& tree : trees) {
      for (std::size_t i = begin; i < end; ++i) scores[i] += tree.predict(rows.row(i));
    }
    for (std::size_t i = begin; i < end; ++i) scores[i] /= static_cast<double>(trees.size());
  });
  return scores;
}

}  // namespace posthoc::optim
