#pragma once

#include <vector>

#include "autograd/variable.h"
#include "tensor/ops.h"
#include "tensor/random.h"

// Differentiable operations. Shapes broadcast as in NumPy; arguments are checked as in tensor/ops.h. Where a derivative
// does not exist, the gradient is the one that PyTorch takes; it is said at the operation.

namespace posthoc {

Variable add(const Variable& a, const Variable& b);
Variable sub(const Variable& a, const Variable& b);
Variable mul(const Variable& a, const Variable& b);
Variable mul(const Variable& a, double factor);
Variable div(const Variable& a, const Variable& b);
/// x to the power of `exponent`. The gradient of x is 0 where the exponent is 0, that of the exponent 0 where x is 0.
Variable pow(const Variable& x, const Variable& exponent);
Variable pow(const Variable& x, double exponent);
/// The greater and the smaller of two. Where they are equal each side gets half of the gradient.
Variable maximum(const Variable& a, const Variable& b);
Variable minimum(const Variable& a, const Variable& b);
/// x kept within [low, high]. The gradient passes where x lies inside or on a bound.
Variable clamp(const Variable& x, double low, double high);
/// a where the mask is not 0, else b; each side gets the gradient where it was taken. The comparisons of tensor/ops.h
/// make masks. Not differentiable in the mask.
Variable where(const Tensor& mask, const Variable& a, const Variable& b);
Variable neg(const Variable& x);
Variable exp(const Variable& x);
Variable log(const Variable& x);
Variable sqrt(const Variable& x);  ///< gradient infinite at 0
Variable abs(const Variable& x);   ///< gradient 0 at 0
Variable tanh(const Variable& x);
Variable sigmoid(const Variable& x);
Variable relu(const Variable& x);  ///< gradient 0 at 0
/// x where it is positive, else slope * x; gradient `slope` at 0.
Variable leaky_relu(const Variable& x, double slope);

/// Over `axes`, all when none is named; a reduced axis is dropped unless `keep`.
Variable sum(const Variable& x, const std::vector<int>& axes = {}, bool keep = false);
Variable mean(const Variable& x, const std::vector<int>& axes = {}, bool keep = false);

/// Mean squared deviation from the mean over `axes`; see `variance` of tensor/ops.h.
Variable variance(const Variable& x, const std::vector<int>& axes = {}, Divisor divisor = Divisor::n_minus_1,
                  bool keep = false);
/// Equal greatest elements share the gradient evenly (PyTorch's amax). `argmax` of tensor/ops.h has no gradient.
Variable max(const Variable& x, const std::vector<int>& axes = {}, bool keep = false);

Variable reshape(const Variable& x, const Shape& shape);

/// x with two axes exchanged.
Variable transpose(const Variable& x, int a = -2, int b = -1);
/// Elements [begin, end) along `axis`.
Variable slice(const Variable& x, int axis, std::int64_t begin, std::int64_t end);
/// Joined along `axis`; the shapes agree on the other axes.
Variable concatenate(const std::vector<Variable>& parts, int axis = 0);
/// Rows index[0], index[1], ... of x; index is int64 of rank 1. A row that is taken twice gets the sum of both
/// gradients.
Variable gather_rows(const Variable& x, const Tensor& index);

/// op(a) op(b) of two matrices, op the transpose where asked.
Variable matmul(const Variable& a, const Variable& b, bool transpose_a = false, bool transpose_b = false);
/// x [n, in] times weight [out, in] transposed, plus bias [out].
Variable linear(const Variable& x, const Variable& weight, const Variable& bias);

/// exp(x) / sum(exp(x)) along `axis`, and its logarithm; the maximum is subtracted first.
Variable softmax(const Variable& x, int axis);
Variable log_softmax(const Variable& x, int axis);

/// Inverted dropout: elements are zeroed with probability p in [0, 1), the others multiplied by 1 / (1 - p). Element i
/// takes draw first + i of the stream.
Variable dropout(const Variable& x, double p, const RandomStream& stream, std::uint64_t first = 0);
/// dropout(relu(linear(x, weight, bias))): the same numbers from one operation, for the layers that training spends its
/// time in.
Variable linear_relu_dropout(const Variable& x, const Variable& weight, const Variable& bias, double p,
                             const RandomStream& stream, std::uint64_t first = 0);

/// Batch normalisation of the columns of x [n, c] with gamma [c] and beta [c] (Ioffe and Szegedy 2015).
/// Training: by the batch's mean and biased variance, n >= 2; the running statistics, if given, become
/// (1 - momentum) * old + momentum * batch, the variance unbiased.
struct BatchNormRunning {
  Tensor& mean;      ///< [c]
  Tensor& variance;  ///< [c]
  double momentum;
};
Variable batch_norm_train(const Variable& x, const Variable& gamma, const Variable& beta, double eps,
                          const BatchNormRunning* running = nullptr);
/// Evaluation: by the given mean [c] and variance [c].
Variable batch_norm_eval(const Variable& x, const Variable& gamma, const Variable& beta, const Tensor& mean,
                         const Tensor& variance, double eps);
/// Layer normalisation along the last axis of x [.., c], c >= 1, by its own mean and biased variance, with gamma [c]
/// and beta [c] (Ba, Kiros and Hinton 2016).
Variable layer_norm(const Variable& x, const Variable& gamma, const Variable& beta, double eps);

}  // namespace posthoc
