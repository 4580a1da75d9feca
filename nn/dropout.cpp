#include "nn/dropout.h"

#include "autograd/ops.h"
#include "base/error.h"
#include "tensor/format.h"

namespace posthoc::nn {

Dropout::Dropout(double p, const RandomStream& stream) : p_(p), stream_(stream) {
  require(p >= 0.0 && p < 1.0, "Dropout: the probability must lie in [0, 1), got {}", p);
}

Variable Dropout::forward(const Variable& x) {
  return drops() ? dropout(x, p_, stream_, take_draws(x.value().elements())) : x;
}

Variable Dropout::forward_relu_of(Linear& linear, const Variable& x) {
  if (!drops()) return relu(linear.forward(x));
  require(x.value().rank() == 2, "linear: expected x [n, in], got {}", x.shape());
  const std::uint64_t first = take_draws(x.value().size(0) * linear.bias_parameter().value().elements());
  return linear_relu_dropout(x, linear.weight_parameter(), linear.bias_parameter(), p_, stream_, first);
}

std::uint64_t Dropout::take_draws(std::int64_t elements) {
  const std::uint64_t first = drawn_;
  drawn_ += static_cast<std::uint64_t>(elements);
  return first;
}

std::shared_ptr<Module> Dropout::clone() const {
  auto copy = std::make_shared<Dropout>(p_, stream_);
  copy->resume(*this);
  return copy_into(copy);
}

void Dropout::resume(const Dropout& other) {
  stream_ = other.stream_;
  drawn_ = other.drawn_;
}

void Dropout::restart_own_draws(std::uint64_t seed) {
  stream_.seed = seed;
  drawn_ = 0;
}

}  // namespace posthoc::nn
