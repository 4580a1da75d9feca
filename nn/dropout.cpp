#include "nn/dropout.h"

#include "autograd/ops.h"
#include "base/error.h"

namespace posthoc::nn {

Dropout::Dropout(double p, const RandomStream& stream) : p_(p), stream_(stream) {
  require(p >= 0.0 && p < 1.0, "Dropout: the probability must lie in [0, 1), got {}", p);
}

Variable Dropout::forward(const Variable& x) {
  return !training() || p_ == 0.0 ? x : dropout(x, p_, stream_, take_draws(x));
}

Variable Dropout::forward_relu(const Variable& x) {
  return !training() || p_ == 0.0 ? relu(x) : relu_dropout(x, p_, stream_, take_draws(x));
}

std::uint64_t Dropout::take_draws(const Variable& x) {
  const std::uint64_t first = drawn_;
  drawn_ += static_cast<std::uint64_t>(x.value().elements());
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
