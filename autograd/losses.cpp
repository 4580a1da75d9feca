#include "autograd/losses.h"

#include "autograd/ops.h"
#include "base/error.h"
#include "tensor/format.h"
#include "tensor/ops.h"

namespace posthoc {
namespace {

Variable reduced(const Variable& losses, Reduction reduction) {
  switch (reduction) {
    case Reduction::none:
      return losses;
    case Reduction::sum:
      return sum(losses);
    case Reduction::mean:
      return mean(losses);
  }
  fail("loss: unknown reduction");
}

void require_same_shape(const Variable& prediction, const Tensor& target, const char* where) {
  require_same_kind(prediction.value(), target, where);
  require(prediction.shape() == target.shape(), "{}: predictions are {}, targets {}; reshape one to the other", where,
          prediction.shape(), target.shape());
}

// An element-wise loss whose derivative in the prediction is a formula of prediction and target.
Variable pointwise(const char* name, BinaryOp forward, BinaryOp derivative, const Variable& prediction,
                   const Tensor& target, Reduction reduction) {
  require_same_shape(prediction, target, name);
  const Tensor value = binary(forward, prediction.value(), target);
  return reduced(record(name, value, {prediction},
                        [p = prediction.value(), target, derivative](const Tensor& g, InputGradients& gradients) {
                          gradients.add(0, mul(g, binary(derivative, p, target)));
                        }),
                 reduction);
}

}  // namespace

Variable binary_cross_entropy(const Variable& p, const Tensor& target, Reduction reduction) {
  return pointwise("binary_cross_entropy", BinaryOp::bce, BinaryOp::bce_backward, p, target, reduction);
}

Variable binary_cross_entropy_with_logits(const Variable& z, const Tensor& target, Reduction reduction) {
  return pointwise("binary_cross_entropy_with_logits", BinaryOp::bce_with_logits, BinaryOp::bce_with_logits_backward, z,
                   target, reduction);
}

Variable mean_squared_error(const Variable& a, const Tensor& target, Reduction reduction) {
  require_same_shape(a, target, "mean_squared_error");
  const Variable difference = sub(a, Variable(target));
  return reduced(mul(difference, difference), reduction);
}

}  // namespace posthoc
