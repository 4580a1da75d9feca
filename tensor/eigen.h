#pragma once

#include "tensor/tensor.h"

namespace posthoc {

/// A = sum_i values[i] vectors[i]^T vectors[i], the vectors of length 1 and at right angles.
struct SymmetricEigen {
  Tensor values;   ///< [n] float64, ascending
  Tensor vectors;  ///< [n, n] float64: row i belongs to values[i]; its sign says nothing
};

/// Eigenvalues and eigenvectors of a symmetric matrix, by LAPACK (divide and conquer); reads the lower triangle alone.
/// Throws `Error` unless `a` is [n, n], float64, on the host and finite.
SymmetricEigen symmetric_eigen(const Tensor& a);

/// The same by Jacobi's rotations (Golub and Van Loan 2013, algorithm 8.5.3): the simple version, for small matrices
/// and for tests.
SymmetricEigen symmetric_eigen_by_rotations(const Tensor& a);

}  // namespace posthoc
