#include "tensor/cpu/simd/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/cpu/simd/batch_norm.cpp"
#include <hwy/foreach_target.h>  // compiles what follows once for each set of instructions
#include <hwy/highway.h>

// Sums over the rows are of float64 and run down the columns, several vectors of columns at a time, so that they are
// the plain ones whatever the processor.

HWY_BEFORE_NAMESPACE();
namespace posthoc::cpu::simd::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using DD = hn::ScalableTag<double>;
using DH = hn::Rebind<float, DD>;  // as many floats as there are doubles in a vector
using DF = hn::ScalableTag<float>;
using VD = hn::Vec<DD>;

// Calls block(column, tag, vectors) for runs of columns of `kVectors` vectors, then of four, then of one, then of
// single columns. A sum waits for its last addition, so a few should be under way at once.
template <int kVectors, typename Block>
HWY_INLINE void over_columns(std::int64_t c, const Block& block) {
  const auto width = static_cast<std::int64_t>(hn::Lanes(DD()));
  std::int64_t column = 0;
  for (; column + kVectors * width <= c; column += kVectors * width) {
    block.template operator()<kVectors>(DD(), column);
  }
  for (; kVectors > 4 && column + 4 * width <= c; column += 4 * width) block.template operator()<4>(DD(), column);
  for (; column + width <= c; column += width) block.template operator()<1>(DD(), column);
  for (; column < c; ++column) block.template operator()<1>(hn::CappedTag<double, 1>(), column);
}

// totals[column ..] = the sum over rows of term(floats tag, row * c + column), a vector of doubles.
struct SumOf {
  template <int kVectors, typename D, typename Term>
  static HWY_INLINE void run(D d, std::int64_t n, std::int64_t c, std::int64_t column, const Term& term,
                             double* totals) {
    const auto width = static_cast<std::int64_t>(hn::Lanes(d));
    hn::Vec<D> sum[kVectors];
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j) sum[j] = hn::Zero(d);
    std::int64_t at = column;
    for (std::int64_t i = 0; i < n; ++i, at += c) {
#pragma GCC unroll 8
      for (int j = 0; j < kVectors; ++j) sum[j] = hn::Add(sum[j], term(d, column + j * width, at + j * width));
    }
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j) hn::StoreU(sum[j], d, totals + column + j * width);
  }
};

template <typename D>
HWY_INLINE hn::Vec<D> wide(D d, const float* from) {
  return hn::PromoteTo(d, hn::LoadU(hn::Rebind<float, D>(), from));
}

}  // namespace

void ColumnSums(const float* x, std::int64_t n, std::int64_t c, double* sums) {
  over_columns<8>(c, [&]<int kVectors>(auto d, std::int64_t column) HWY_ATTR {
    SumOf::run<kVectors>(
        d, n, c, column, [&](auto tag, std::int64_t, std::int64_t at) HWY_ATTR { return wide(tag, x + at); }, sums);
  });
}

void ColumnMoments(const float* x, std::int64_t n, std::int64_t c, double* mean, double* variance) {
  ColumnSums(x, n, c, mean);
  const auto rows = static_cast<double>(n);
  for (std::int64_t j = 0; j < c; ++j) mean[j] /= rows;
  over_columns<4>(c, [&]<int kVectors>(auto d, std::int64_t column) HWY_ATTR {
    SumOf::run<kVectors>(
        d, n, c, column,
        [&](auto tag, std::int64_t j, std::int64_t at) HWY_ATTR {
          const auto centred = hn::Sub(wide(tag, x + at), hn::LoadU(tag, mean + j));
          return hn::Mul(centred, centred);
        },
        variance);
  });
  for (std::int64_t j = 0; j < c; ++j) variance[j] /= rows;
}

void BatchNormSums(const float* x, const float* g, std::int64_t n, std::int64_t c, const float* mean,
                   const float* inverse_deviation, double* of_g, double* of_product) {
  over_columns<4>(c, [&]<int kVectors>(auto d, std::int64_t column) HWY_ATTR {
    const hn::Rebind<float, decltype(d)> narrow;
    const auto width = static_cast<std::int64_t>(hn::Lanes(d));
    hn::Vec<decltype(d)> sum[kVectors];
    hn::Vec<decltype(d)> sum_of_product[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) sum[v] = sum_of_product[v] = hn::Zero(d);
    for (std::int64_t i = 0; i < n; ++i) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        const std::int64_t j = column + v * width;
        const std::int64_t at = i * c + j;
        const auto normal = hn::Mul(hn::Sub(hn::LoadU(narrow, x + at), hn::LoadU(narrow, mean + j)),
                                    hn::LoadU(narrow, inverse_deviation + j));
        const auto cotangent = wide(d, g + at);
        sum[v] = hn::Add(sum[v], cotangent);
        sum_of_product[v] = hn::Add(sum_of_product[v], hn::Mul(cotangent, hn::PromoteTo(d, normal)));
      }
    }
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      hn::StoreU(sum[v], d, of_g + column + v * width);
      hn::StoreU(sum_of_product[v], d, of_product + column + v * width);
    }
  });
}

namespace {

// Calls row(tag, column, at) for every row's element at = row * c + column, a vector of columns at a time.
template <typename Element>
HWY_INLINE void over_elements(std::int64_t n, std::int64_t c, const Element& element) {
  const DF d;
  const auto width = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t i = 0; i < n; ++i) {
    std::int64_t column = 0;
    for (; column + width <= c; column += width) element(d, column, i * c + column);
    for (; column < c; ++column) element(hn::CappedTag<float, 1>(), column, i * c + column);
  }
}

}  // namespace

void BatchNormApply(const float* x, std::int64_t n, std::int64_t c, const float* mean, const float* inverse_deviation,
                    const float* gamma, const float* beta, float* y) {
  over_elements(n, c, [&](auto d, std::int64_t j, std::int64_t at) HWY_ATTR {
    const auto normal =
        hn::Mul(hn::Sub(hn::LoadU(d, x + at), hn::LoadU(d, mean + j)), hn::LoadU(d, inverse_deviation + j));
    hn::StoreU(hn::Add(hn::Mul(normal, hn::LoadU(d, gamma + j)), hn::LoadU(d, beta + j)), d, y + at);
  });
}

void BatchNormDx(const float* x, const float* g, std::int64_t n, std::int64_t c, const float* mean,
                 const float* inverse_deviation, const float* gamma, const float* d_gamma, const float* d_beta,
                 float per_row, float* dx) {
  over_elements(n, c, [&](auto d, std::int64_t j, std::int64_t at) HWY_ATTR {
    const auto scale = hn::LoadU(d, inverse_deviation + j);
    const auto normal = hn::Mul(hn::Sub(hn::LoadU(d, x + at), hn::LoadU(d, mean + j)), scale);
    const auto moved =
        hn::Mul(hn::Add(hn::LoadU(d, d_beta + j), hn::Mul(normal, hn::LoadU(d, d_gamma + j))), hn::Set(d, per_row));
    hn::StoreU(hn::Mul(hn::Mul(hn::LoadU(d, gamma + j), scale), hn::Sub(hn::LoadU(d, g + at), moved)), d, dx + at);
  });
}

}  // namespace posthoc::cpu::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace posthoc::cpu::simd {

HWY_EXPORT(ColumnSums);
HWY_EXPORT(ColumnMoments);
HWY_EXPORT(BatchNormSums);
HWY_EXPORT(BatchNormApply);
HWY_EXPORT(BatchNormDx);

void column_sums(const float* x, std::int64_t n, std::int64_t c, double* sums) {
  HWY_DYNAMIC_DISPATCH(ColumnSums)(x, n, c, sums);
}
void column_moments(const float* x, std::int64_t n, std::int64_t c, double* mean, double* variance) {
  HWY_DYNAMIC_DISPATCH(ColumnMoments)(x, n, c, mean, variance);
}
void batch_norm_sums(const float* x, const float* g, std::int64_t n, std::int64_t c, const float* mean,
                     const float* inverse_deviation, double* of_g, double* of_product) {
  HWY_DYNAMIC_DISPATCH(BatchNormSums)(x, g, n, c, mean, inverse_deviation, of_g, of_product);
}
void batch_norm_apply(const float* x, std::int64_t n, std::int64_t c, const float* mean, const float* inverse_deviation,
                      const float* gamma, const float* beta, float* y) {
  HWY_DYNAMIC_DISPATCH(BatchNormApply)(x, n, c, mean, inverse_deviation, gamma, beta, y);
}
void batch_norm_dx(const float* x, const float* g, std::int64_t n, std::int64_t c, const float* mean,
                   const float* inverse_deviation, const float* gamma, const float* d_gamma, const float* d_beta,
                   float per_row, float* dx) {
  HWY_DYNAMIC_DISPATCH(BatchNormDx)(x, g, n, c, mean, inverse_deviation, gamma, d_gamma, d_beta, per_row, dx);
}

}  // namespace posthoc::cpu::simd
#endif
