#include "nn/activations.h"

#include <cmath>

#include "autograd/ops.h"
#include "base/error.h"

namespace posthoc::nn {

Variable ReLU::forward(const Variable& x) { return relu(x); }
std::shared_ptr<Module> ReLU::clone() const { return copy_into(std::make_shared<ReLU>()); }

Variable Sigmoid::forward(const Variable& x) { return sigmoid(x); }
std::shared_ptr<Module> Sigmoid::clone() const { return copy_into(std::make_shared<Sigmoid>()); }

Variable Tanh::forward(const Variable& x) { return tanh(x); }
std::shared_ptr<Module> Tanh::clone() const { return copy_into(std::make_shared<Tanh>()); }

LeakyReLU::LeakyReLU(double slope) : slope_(slope) {
  require(std::isfinite(slope), "LeakyReLU: the slope must be finite, got {}", slope);
}
Variable LeakyReLU::forward(const Variable& x) { return leaky_relu(x, slope_); }
std::shared_ptr<Module> LeakyReLU::clone() const { return copy_into(std::make_shared<LeakyReLU>(slope_)); }

Variable Softmax::forward(const Variable& x) { return softmax(x, axis_); }
std::shared_ptr<Module> Softmax::clone() const { return copy_into(std::make_shared<Softmax>(axis_)); }

}  // namespace posthoc::nn
