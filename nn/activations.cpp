#include "nn/activations.h"

#include "autograd/ops.h"

namespace posthoc::nn {

Variable ReLU::forward(const Variable& x) { return relu(x); }
std::shared_ptr<Module> ReLU::clone() const { return copy_into(std::make_shared<ReLU>()); }

Variable Sigmoid::forward(const Variable& x) { return sigmoid(x); }
std::shared_ptr<Module> Sigmoid::clone() const { return copy_into(std::make_shared<Sigmoid>()); }

}  // namespace posthoc::nn
