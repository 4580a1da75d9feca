#include "nn/linear.h"

#include <cmath>

#include "autograd/ops.h"
#include "base/error.h"

namespace posthoc::nn {

Linear::Linear(std::int64_t in, std::int64_t out, const RandomStream& stream, Dtype dtype) {
  require(in >= 1 && out >= 1, "Linear: expected at least 1 input and 1 output, got {} and {}", in, out);
  const double bound = 1.0 / std::sqrt(static_cast<double>(in));
  weight_ = register_parameter("weight", random_uniform({out, in}, stream, -bound, bound, dtype));
  const auto weights = static_cast<std::uint64_t>(weight_.value().elements());
  bias_ = register_parameter("bias", random_uniform({out}, stream, -bound, bound, dtype, Device::cpu(), weights));
}

Variable Linear::forward(const Variable& x) { return linear(x, weight_, bias_); }

std::shared_ptr<Module> Linear::clone() const {
  const Shape& shape = weight_.shape();
  return copy_into(std::make_shared<Linear>(shape[1], shape[0], RandomStream{}, weight_.dtype()));
}

}  // namespace posthoc::nn
