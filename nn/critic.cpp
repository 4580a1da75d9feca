#include "nn/critic.h"

#include "autograd/ops.h"
#include "base/error.h"
#include "tensor/format.h"

namespace posthoc::nn {

Critic::Critic(const CriticOptions& options, std::uint64_t seed) : options_(options) {
  require(options.batch >= 1 && options.width >= 1 && options.hidden >= 0,
          "Critic: expected batch >= 1, width >= 1 and hidden >= 0, got {}, {} and {}", options.batch, options.width,
          options.hidden);
  const std::int64_t width = options.width;
  const std::int64_t input = Shape({options.batch, width}).elements();  // checks that the product can be counted
  const auto linear = [&](std::int64_t number, std::int64_t in, std::int64_t out) {
    const RandomStream stream{seed, purpose("critic initialisation"), static_cast<std::uint32_t>(number)};
    return std::make_shared<Linear>(in, out, stream, options.dtype);
  };
  first_ = register_module("fc0", linear(0, input, width));
  for (std::int64_t i = 0; i < options.hidden; ++i) {
    const RandomStream stream{seed, purpose("critic dropout"), static_cast<std::uint32_t>(i)};
    blocks_.push_back(
        {register_module(fmt::format("fcs.{}", i), linear(i + 1, width, width)),
         register_module(fmt::format("dropout.{}", i), std::make_shared<Dropout>(options.dropout, stream))});
  }
  out_ = register_module("out", linear(options.hidden + 1, width, 1));
}

Variable Critic::forward(const Variable& features) {
  require(features.shape() == Shape({options_.batch, options_.width}),
          "Critic: expected the activations of a minibatch, {}, got {}", Shape({options_.batch, options_.width}),
          features.shape());
  Variable h = first_->forward(reshape(features, {1, options_.batch * options_.width}));
  for (const Block& block : blocks_) h = block.dropout->forward_relu_of(*block.linear, h);
  return out_->forward(h);
}

std::shared_ptr<Module> Critic::clone() const {
  auto copy = std::make_shared<Critic>(options_, 0);
  for (std::size_t i = 0; i < blocks_.size(); ++i) copy->blocks_[i].dropout->resume(*blocks_[i].dropout);
  return copy_into(copy);
}

}  // namespace posthoc::nn
