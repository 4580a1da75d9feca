#pragma once

#include <vector>

#include "autograd/variable.h"
#include "tensor/random.h"

// Differentiable operations. Shapes broadcast as in NumPy; arguments are checked as in tensor/ops.h.

namespace posthoc {

Variable add(const Variable& a, const Variable& b);
Variable sub(const Variable& a, const Variable& b);
Variable mul(const Variable& a, const Variable& b);
Variable mul(const Variable& a, double factor);
Variable div(const Variable& a, const Variable& b);
Variable neg(const Variable& x);
Variable exp(const Variable& x);
Variable log(const Variable& x);
Variable sqrt(const Variable& x);
Variable abs(const Variable& x);  ///< gradient 0 at 0
Variable tanh(const Variable& x);
Variable sigmoid(const Variable& x);
Variable relu(const Variable& x);  ///< gradient 0 at 0

/// Over `axes`, all when none is named; a reduced axis is dropped unless `keep`.
Variable sum(const Variable& x, const std::vector<int>& axes = {}, bool keep = false);
Variable mean(const Variable& x, const std::vector<int>& axes = {}, bool keep = false);

Variable reshape(const Variable& x, const Shape& shape);

/// Product of two matrices [m, k] and [k, n].
Variable matmul(const Variable& a, const Variable& b);
/// x [n, in] times weight [out, in] transposed, plus bias [out].
Variable linear(const Variable& x, const Variable& weight, const Variable& bias);
/// Rows index[0], index[1], ... of x; index is int64 of rank 1.
Variable gather_rows(const Variable& x, const Tensor& index);

/// exp(x) / sum(exp(x)) along `axis`, and its logarithm; the maximum is subtracted first.
Variable softmax(const Variable& x, int axis);
Variable log_softmax(const Variable& x, int axis);

/// Inverted dropout: elements are zeroed with probability p in [0, 1), the others multiplied by 1 / (1 - p). Element i
/// takes draw first + i of the stream.
Variable dropout(const Variable& x, double p, const RandomStream& stream, std::uint64_t first = 0);

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

}  // namespace posthoc
