#include "nn/mlp.h"

#include <algorithm>

#include "autograd/ops.h"
#include "base/error.h"

namespace posthoc::nn {

Mlp::Mlp(const MlpOptions& options, std::uint64_t seed) : options_(options) {
  require(options.input >= 1 && options.depth >= 0 && options.width >= 1,
          "Mlp: expected input >= 1, depth >= 0 and width >= 1, got {}, {} and {}", options.input, options.depth,
          options.width);
  for (std::int64_t i = 0; i <= options.depth; ++i) {
    const auto number = static_cast<std::uint32_t>(i);
    const std::int64_t in = i == 0 ? options.input : options.width;
    blocks_.push_back({std::make_shared<Linear>(in, options.width,
                                                RandomStream{seed, purpose("initialisation"), number}, options.dtype),
                       std::make_shared<Dropout>(options.dropout, RandomStream{seed, purpose("dropout"), number}),
                       std::make_shared<BatchNorm1d>(options.width, options.dtype)});
  }
  const auto last = static_cast<std::uint32_t>(options.depth + 1);
  out_ = std::make_shared<Linear>(options.width, 1, RandomStream{seed, purpose("initialisation"), last}, options.dtype);

  // Registered in the order of PyTorch's state dict: it is the order in which parameters are numbered.
  register_module("fc0", blocks_[0].linear);
  register_module("bn0", blocks_[0].norm);
  for (std::size_t i = 1; i < blocks_.size(); ++i) register_module(fmt::format("fcs.{}", i - 1), blocks_[i].linear);
  for (std::size_t i = 1; i < blocks_.size(); ++i) register_module(fmt::format("bns.{}", i - 1), blocks_[i].norm);
  for (std::size_t i = 0; i < blocks_.size(); ++i) register_module(fmt::format("dropout.{}", i), blocks_[i].dropout);
  register_module("out", out_);
}

Variable Mlp::features(const Variable& x) { return run_stages(x, 0, blocks_.size()); }

Variable Mlp::logits(const Variable& x) { return run_stages(x, 0, blocks_.size() + 1); }

std::vector<Stage> Mlp::stages() const {
  std::vector<Stage> stages;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    stages.push_back({i == 0 ? "fc0" : fmt::format("fcs.{}", i - 1), blocks_[i].linear->parameters(),
                      blocks_[i].norm->parameters()});
  }
  stages.push_back({"out", out_->parameters(), {}});
  return stages;
}

Variable Mlp::run_stages(const Variable& x, std::size_t begin, std::size_t end) {
  require(begin <= end && end <= blocks_.size() + 1, "Mlp: it has {} stages, got stages {} to {}", blocks_.size() + 1,
          begin, end);
  Variable h = x;
  for (std::size_t i = begin; i < std::min(end, blocks_.size()); ++i) {
    const Block& block = blocks_[i];
    h = block.norm->forward(block.dropout->forward_relu_of(*block.linear, h));
  }
  return begin < end && end > blocks_.size() ? out_->forward(h) : h;
}

std::optional<Chain> Mlp::chain() const {
  Chain chain;
  for (const Block& block : blocks_) {
    chain.push_back({block.linear->weight(), block.linear->bias(), true, block.norm->chain_norm()});
  }
  chain.push_back({out_->weight(), out_->bias(), false, std::nullopt});
  return chain;
}

std::shared_ptr<Module> Mlp::clone() const {
  auto copy = std::make_shared<Mlp>(options_, 0);
  for (std::size_t i = 0; i < blocks_.size(); ++i) copy->blocks_[i].dropout->resume(*blocks_[i].dropout);
  return copy_into(copy);
}

}  // namespace posthoc::nn
