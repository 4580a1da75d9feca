#include <algorithm>
#include <vector>

#include "tensor/cpu/simd/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/cpu/simd/matmul.cpp"
#include <hwy/foreach_target.h>  // compiles what follows once for each set of instructions
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace posthoc::cpu::simd::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// With two vectors a row: 12 sums, two vectors of b and one of a fill 16 registers; 24 sums those of AVX-512.
#if HWY_TARGET <= HWY_AVX3
constexpr int kTileRows = 12;
#else
constexpr int kTileRows = 6;
#endif

// A product, or a part of one, as a tile sees it: element (i, k) of a at a[i * row_step + k * k_step], row k of b at
// b + k * ldb, row i of the result at out + i * ldo.
struct Part {
  std::int64_t m;
  std::int64_t n;
  std::int64_t k;
  const float* a;
  std::int64_t row_step;
  std::int64_t k_step;
  const float* b;
  std::int64_t ldb;
  float* out;
  std::int64_t ldo;
  const float* bias;
  bool accumulate;
};

// kRows x kVectors vectors of the result, kept in registers over all of k. With kMasked the one vector is cut to
// `lanes`.
template <int kRows, int kVectors, bool kMasked = false, typename Tag>
HWY_INLINE void tile(Tag d, const Part& part, std::int64_t row, std::int64_t column,
                     [[maybe_unused]] std::size_t lanes = 0) {
  const auto width = static_cast<std::int64_t>(hn::Lanes(d));
  [[maybe_unused]] const auto mask = hn::FirstN(d, kMasked ? lanes : hn::Lanes(d));
  const auto load = [&](const float* from) HWY_ATTR {
    if constexpr (kMasked) {
      return hn::MaskedLoad(mask, d, from);
    } else {
      return hn::LoadU(d, from);
    }
  };
  float* out = part.out + row * part.ldo + column;
  hn::Vec<Tag> sum[kRows][kVectors];
#pragma GCC unroll 12
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 12
    for (int j = 0; j < kVectors; ++j) {
      if (part.accumulate) {
        sum[i][j] = load(out + i * part.ldo + j * width);
      } else {
        sum[i][j] = part.bias != nullptr ? load(part.bias + column + j * width) : hn::Zero(d);
      }
    }
  }
  const float* a = part.a + row * part.row_step;
  const float* b = part.b + column;
  for (std::int64_t k = 0; k < part.k; ++k, a += part.k_step, b += part.ldb) {
    hn::Vec<Tag> right[kVectors];
#pragma GCC unroll 12
    for (int j = 0; j < kVectors; ++j) right[j] = load(b + j * width);
#pragma GCC unroll 12
    for (int i = 0; i < kRows; ++i) {
      const auto left = hn::Set(d, a[i * part.row_step]);
#pragma GCC unroll 12
      for (int j = 0; j < kVectors; ++j) sum[i][j] = hn::MulAdd(left, right[j], sum[i][j]);
    }
  }
#pragma GCC unroll 12
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 12
    for (int j = 0; j < kVectors; ++j) {
      if constexpr (kMasked) {
        hn::BlendedStore(sum[i][j], mask, d, out + i * part.ldo);
      } else {
        hn::StoreU(sum[i][j], d, out + i * part.ldo + j * width);
      }
    }
  }
}

// kRows rows of the result from end to end.
template <int kRows>
void rows(const Part& part, std::int64_t row) {
  const D d;
  const auto width = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t column = 0;
  if constexpr (kRows == 1) {  // long runs: b may have a row of thousands
    for (; column + 8 * width <= part.n; column += 8 * width) tile<1, 8>(d, part, row, column);
  }
  for (; column + 2 * width <= part.n; column += 2 * width) tile<kRows, 2>(d, part, row, column);
  for (; column + width <= part.n; column += width) tile<kRows, 1>(d, part, row, column);
#if HWY_TARGET <= HWY_AVX2  // AVX2 and AVX-512: masked memory operations that touch no lane outside the mask
  if (column < part.n) {
    tile<kRows, 1, true>(d, part, row, column, static_cast<std::size_t>(part.n - column));
  }
#else
  for (; column < part.n; ++column) tile<kRows, 1>(hn::CappedTag<float, 1>(), part, row, column);
#endif
}

void all_rows(const Part& part) {
  std::int64_t row = 0;
  if (part.k == 1) {  // an outer product is all writing, which is fastest from end to end
    for (; row < part.m; ++row) rows<1>(part, row);
    return;
  }
  for (; row + kTileRows <= part.m; row += kTileRows) rows<kTileRows>(part, row);
  if constexpr (kTileRows > 8) {
    if (row + 8 <= part.m) {
      rows<8>(part, row);
      row += 8;
    }
  }
  if (row + 4 <= part.m) {
    rows<4>(part, row);
    row += 4;
  }
  switch (part.m - row) {
    case 3:
      return rows<3>(part, row);
    case 2:
      return rows<2>(part, row);
    case 1:
      return rows<1>(part, row);
    default:
      return;
  }
}

// to [columns, rows] = from [rows, columns] transposed, in blocks of 4 x 4; a row of `from` is `step` from the next.
void transpose(const float* from, std::int64_t step, std::int64_t rows, std::int64_t columns, float* to) {
  const auto plain = [&](std::int64_t begin_row, std::int64_t end_row, std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin_row; i < end_row; ++i) {
      for (std::int64_t j = begin; j < end; ++j) to[j * rows + i] = from[i * step + j];
    }
  };
#if HWY_TARGET == HWY_SCALAR
  plain(0, rows, 0, columns);
#else
  const hn::FixedTag<float, 4> d;
  const std::int64_t whole_rows = rows / 4 * 4;
  const std::int64_t whole_columns = columns / 4 * 4;
  for (std::int64_t j = 0; j < whole_columns; j += 4) {
    for (std::int64_t i = 0; i < whole_rows; i += 4) {
      const float* at = from + i * step + j;
      const auto r0 = hn::LoadU(d, at);
      const auto r1 = hn::LoadU(d, at + step);
      const auto r2 = hn::LoadU(d, at + 2 * step);
      const auto r3 = hn::LoadU(d, at + 3 * step);
      const auto low01 = hn::InterleaveLower(d, r0, r1);
      const auto low23 = hn::InterleaveLower(d, r2, r3);
      const auto high01 = hn::InterleaveUpper(d, r0, r1);
      const auto high23 = hn::InterleaveUpper(d, r2, r3);
      hn::StoreU(hn::ConcatLowerLower(d, low23, low01), d, to + j * rows + i);
      hn::StoreU(hn::ConcatUpperUpper(d, low23, low01), d, to + (j + 1) * rows + i);
      hn::StoreU(hn::ConcatLowerLower(d, high23, high01), d, to + (j + 2) * rows + i);
      hn::StoreU(hn::ConcatUpperUpper(d, high23, high01), d, to + (j + 3) * rows + i);
    }
  }
  plain(0, whole_rows, whole_columns, columns);
  plain(whole_rows, rows, 0, columns);
#endif
}

// A single row times a transposed matrix: dot products, four at a time, of which each sums k modulo the vector's lanes.
void dot_products(const Product& product) {
  const D d;
  const auto width = static_cast<std::int64_t>(hn::Lanes(d));
  const std::int64_t whole = product.k / width * width;
  const auto begin = [&](std::int64_t j) {
    if (product.accumulate) return product.out[j];
    return product.bias != nullptr ? product.bias[j] : 0.0F;
  };
  const auto finish = [&](std::int64_t j, V lanes) HWY_ATTR {
    float total = hn::GetLane(hn::SumOfLanes(d, lanes)) + begin(j);
    for (std::int64_t k = whole; k < product.k; ++k) total += product.a[k] * product.b[j * product.k + k];
    product.out[j] = total;
  };
  std::int64_t j = 0;
  for (; j + 4 <= product.n; j += 4) {
    const float* b = product.b + j * product.k;
    V s0 = hn::Zero(d);
    V s1 = s0;
    V s2 = s0;
    V s3 = s0;
    for (std::int64_t k = 0; k < whole; k += width) {
      const V a = hn::LoadU(d, product.a + k);
      s0 = hn::MulAdd(a, hn::LoadU(d, b + k), s0);
      s1 = hn::MulAdd(a, hn::LoadU(d, b + product.k + k), s1);
      s2 = hn::MulAdd(a, hn::LoadU(d, b + 2 * product.k + k), s2);
      s3 = hn::MulAdd(a, hn::LoadU(d, b + 3 * product.k + k), s3);
    }
    finish(j, s0);
    finish(j + 1, s1);
    finish(j + 2, s2);
    finish(j + 3, s3);
  }
  for (; j < product.n; ++j) {
    const float* b = product.b + j * product.k;
    V sum = hn::Zero(d);
    for (std::int64_t k = 0; k < whole; k += width) {
      sum = hn::MulAdd(hn::LoadU(d, product.a + k), hn::LoadU(d, b + k), sum);
    }
    finish(j, sum);
  }
}

// A large product by panels of b, two vectors wide, which lie in one piece and stay in the first-level cache for all
// rows of a. Sums go on where the panel above left them: in the order of k still.
void by_panels(const Product& product, Part part) {
  constexpr std::int64_t kDepth = 256;
  const auto width = 2 * static_cast<std::int64_t>(hn::Lanes(D()));
  static thread_local std::vector<float> panel;
  panel.resize(static_cast<std::size_t>(kDepth * width));
  part.b = panel.data();
  for (std::int64_t column = 0; column < product.n; column += width) {
    part.n = part.ldb = std::min(width, product.n - column);
    part.out = product.out + column;
    for (std::int64_t k = 0; k < product.k; k += kDepth) {
      part.k = std::min(kDepth, product.k - k);
      if (product.transpose_b) {
        transpose(product.b + column * product.k + k, product.k, part.n, part.k, panel.data());
      } else {
        for (std::int64_t i = 0; i < part.k; ++i) {
          std::copy_n(product.b + (k + i) * product.n + column, part.n, panel.data() + i * part.n);
        }
      }
      part.a = product.a + k * part.k_step;
      part.bias = product.bias == nullptr || k > 0 ? nullptr : product.bias + column;
      part.accumulate = product.accumulate || k > 0;
      all_rows(part);
    }
  }
}

}  // namespace

void Matmul(const Product& product) {
  constexpr std::int64_t kMostOfB = 65536;  // floats: 256 KiB, which stay in the second-level cache
  constexpr std::int64_t kLongestSum = 512;
  constexpr std::int64_t kFewRows = 4;  // too few for a copy of b to pay
  if (product.m == 1 && product.transpose_b) return dot_products(product);
  Part part{product.m,
            product.n,
            product.k,
            product.a,
            product.transpose_a ? 1 : product.k,
            product.transpose_a ? product.m : 1,
            product.b,
            product.n,
            product.out,
            product.n,
            product.bias,
            product.accumulate};
  const bool small = product.n * product.k <= kMostOfB && product.k <= kLongestSum;
  if (!product.transpose_b && (small || product.m < kFewRows)) return all_rows(part);
  if (!small) return by_panels(product, part);
  static thread_local std::vector<float> turned;
  turned.resize(static_cast<std::size_t>(product.n * product.k));
  transpose(product.b, product.k, product.n, product.k, turned.data());
  part.b = turned.data();
  all_rows(part);
}

}  // namespace posthoc::cpu::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace posthoc::cpu::simd {

HWY_EXPORT(Matmul);

void matmul(const Product& product) { HWY_DYNAMIC_DISPATCH(Matmul)(product); }

}  // namespace posthoc::cpu::simd
#endif
