#include "tensor/eigen.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "base/error.h"
#include "tensor/cpu/blas_threads.h"

// LAPACK's own name and types: not every BLAS comes with C headers for its LAPACK. The last two are the lengths of the
// texts, which Fortran passes by itself.
extern "C" void dsyevd_(const char* job, const char* triangle, const int* n, double* a, const int* lda, double* values,
                        double* work, const int* work_size, int* integers, const int* integers_size, int* info,
                        std::size_t, std::size_t);

namespace posthoc {
namespace {

std::int64_t checked_size(const Tensor& a) {
  require(a.defined() && a.rank() == 2 && a.size(0) == a.size(1) && a.dtype() == Dtype::float64 && a.device().is_cpu(),
          "eigenvalues: expected a square float64 matrix on the host, got {}",
          a.defined() ? a.shape().text() : "nothing");
  const auto values = a.values<double>();
  require(std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); }),
          "eigenvalues: an element is not finite");
  require(a.size(0) <= 30000, "eigenvalues: expected at most 30000 rows, got {}", a.size(0));  // the workspace's limit
  return a.size(0);
}

}  // namespace

SymmetricEigen symmetric_eigen(const Tensor& a) {
  const std::int64_t size = checked_size(a);
  SymmetricEigen found{Tensor::empty({size}, Dtype::float64), a.clone()};
  if (size == 0) return found;
  cpu::use_one_blas_thread();
  const int n = static_cast<int>(size);
  double* vectors = found.vectors.mutable_values<double>().data();
  double* values = found.values.mutable_values<double>().data();
  int info = 0;
  // Row-major lower is column-major upper; the columns that come back are our rows. The first call asks for the sizes.
  const auto call = [&](double* work, int work_size, int* integers, int integers_size) {
    dsyevd_("V", "U", &n, vectors, &n, values, work, &work_size, integers, &integers_size, &info, 1, 1);
    require(info == 0, "eigenvalues: LAPACK's dsyevd did not converge ({})", info);
  };
  double work_size = 0.0;
  int integers_size = 0;
  call(&work_size, -1, &integers_size, -1);
  std::vector<double> work(static_cast<std::size_t>(work_size));
  std::vector<int> integers(static_cast<std::size_t>(integers_size));
  call(work.data(), static_cast<int>(work.size()), integers.data(), integers_size);
  return found;
}

SymmetricEigen symmetric_eigen_by_rotations(const Tensor& matrix) {
  const auto n = static_cast<std::size_t>(checked_size(matrix));
  std::vector<double> a = matrix.to_vector();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) a[i * n + j] = a[j * n + i];
  }
  std::vector<double> v(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) v[i * n + i] = 1.0;
  double norm = 0.0;
  for (const double x : a) norm += x * x;
  // Each sweep squares what is left off the diagonal; sixty are far more than any matrix takes.
  for (int sweep = 0; sweep < 60; ++sweep) {
    double off = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < i; ++j) off += 2.0 * a[i * n + j] * a[i * n + j];
    }
    if (off <= norm * 1e-32) break;
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) {
        if (a[p * n + q] == 0.0) continue;
        const double theta = (a[q * n + q] - a[p * n + p]) / (2.0 * a[p * n + q]);
        const double t = (theta >= 0.0 ? 1.0 : -1.0) / (std::abs(theta) + std::hypot(theta, 1.0));
        const double c = 1.0 / std::hypot(t, 1.0);
        const double s = t * c;
        const auto rotate = [&](double& x, double& y) {
          const double before = x;
          x = c * before - s * y;
          y = s * before + c * y;
        };
        for (std::size_t k = 0; k < n; ++k) rotate(a[k * n + p], a[k * n + q]);
        for (std::size_t k = 0; k < n; ++k) rotate(a[p * n + k], a[q * n + k]);
        for (std::size_t k = 0; k < n; ++k) rotate(v[p * n + k], v[q * n + k]);
      }
    }
  }
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return a[i * n + i] < a[j * n + j]; });
  const auto size = static_cast<std::int64_t>(n);
  SymmetricEigen found{Tensor::empty({size}, Dtype::float64), Tensor::empty({size, size}, Dtype::float64)};
  for (std::size_t i = 0; i < n; ++i) {
    found.values.mutable_values<double>()[i] = a[order[i] * n + order[i]];
    std::copy_n(v.begin() + static_cast<std::ptrdiff_t>(order[i] * n), n,
                found.vectors.mutable_values<double>().begin() + static_cast<std::ptrdiff_t>(i * n));
  }
  return found;
}

}  // namespace posthoc
