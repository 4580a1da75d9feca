#pragma once

#include "nn/batch_norm.h"
#include "nn/dropout.h"
#include "nn/linear.h"
#include "nn/module.h"

namespace posthoc::nn {

struct MlpOptions {
  std::int64_t input = 0;  ///< features a row
  std::int64_t depth = 10;
  std::int64_t width = 32;
  double dropout = 0.2;
  Dtype dtype = Dtype::float32;
};

/// The paper's classifier: `fc0` input -> width, then `depth` layers `fcs.i` width -> width; after each of these
/// depth + 1 linear layers ReLU, Dropout and BatchNorm1d (`bn0`, `bns.i`), in this order; then `out` width -> 1.
class Mlp final : public Classifier {
 public:
  /// Initial weights and dropout masks depend on the seed alone. Throws `Error` on sizes below 1 (depth below 0).
  Mlp(const MlpOptions& options, std::uint64_t seed);

  Variable logits(const Variable& x) override;
  /// The input of `out`: [n, width].
  Variable features(const Variable& x);
  [[nodiscard]] std::vector<Stage> stages() const override;
  [[nodiscard]] std::size_t stage_count() const override { return blocks_.size() + 1; }
  Variable run_stages(const Variable& x, std::size_t begin, std::size_t end) override;
  [[nodiscard]] std::optional<Chain> chain() const override;
  [[nodiscard]] std::int64_t inputs() const override { return options_.input; }
  [[nodiscard]] const MlpOptions& options() const { return options_; }
  [[nodiscard]] std::shared_ptr<Module> clone() const override;

 private:
  struct Block {
    std::shared_ptr<Linear> linear;
    std::shared_ptr<Dropout> dropout;
    std::shared_ptr<BatchNorm1d> norm;
  };

  MlpOptions options_;
  std::vector<Block> blocks_;
  std::shared_ptr<Linear> out_;
};

}  // namespace posthoc::nn
