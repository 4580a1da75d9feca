#pragma once

#include "nn/dropout.h"
#include "nn/linear.h"
#include "nn/module.h"

namespace posthoc::nn {

struct CriticOptions {
  std::int64_t batch = 64;  ///< rows that it takes at once
  std::int64_t width = 32;  ///< activations a row, and of its own layers
  std::int64_t hidden = 3;
  double dropout = 0.2;
  Dtype dtype = Dtype::float32;
};

/// The paper's critic: estimates the bias of a classifier on a minibatch from the minibatch's last hidden activations
/// (`Mlp::features`), `batch` rows flattened to one row of batch * width. `fc0` batch * width -> width without an
/// activation, then `hidden` times `fcs.i` width -> width, ReLU and Dropout, then `out` width -> 1.
class Critic final : public Module {
 public:
  /// Initial weights and dropout masks depend on the seed alone. Throws `Error` on sizes below 1 (hidden below 0).
  Critic(const CriticOptions& options, std::uint64_t seed);

  /// From activations [batch, width] to the estimate [1, 1]. Throws `Error` on another shape.
  Variable forward(const Variable& features) override;
  [[nodiscard]] const CriticOptions& options() const { return options_; }
  [[nodiscard]] std::shared_ptr<Module> clone() const override;

 private:
  struct Block {
    std::shared_ptr<Linear> linear;
    std::shared_ptr<Dropout> dropout;
  };

  CriticOptions options_;
  std::shared_ptr<Linear> first_;
  std::vector<Block> blocks_;
  std::shared_ptr<Linear> out_;
};

}  // namespace posthoc::nn
