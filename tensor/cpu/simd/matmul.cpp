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

// Both matrices as the tile sees them: element (i, k) of a at a[i * row_step + k * k_step], row k of b at b + k * ldb.
struct Operands {
  const float* a;
  std::int64_t row_step;
  std::int64_t k_step;
  const float* b;
  std::int64_t ldb;
  std::int64_t k;
};

// kRows x kVectors vectors of the result, kept in registers over all of k. With kMasked the one vector is cut to
// `lanes`.
template <int kRows, int kVectors, bool kMasked = false, typename Tag>
HWY_INLINE void tile(Tag d, const Operands& in, const Product& product, std::int64_t row, std::int64_t column,
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
  float* out = product.out + row * product.n + column;
  hn::Vec<Tag> sum[kRows][kVectors];
#pragma GCC unroll 12
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 12
    for (int j = 0; j < kVectors; ++j) {
      if (product.accumulate) {
        sum[i][j] = load(out + i * product.n + j * width);
      } else {
        sum[i][j] = product.bias != nullptr ? load(product.bias + column + j * width) : hn::Zero(d);
      }
    }
  }
  const float* a = in.a + row * in.row_step;
  const float* b = in.b + column;
  for (std::int64_t k = 0; k < in.k; ++k, a += in.k_step, b += in.ldb) {
    hn::Vec<Tag> right[kVectors];
#pragma GCC unroll 12
    for (int j = 0; j < kVectors; ++j) right[j] = load(b + j * width);
#pragma GCC unroll 12
    for (int i = 0; i < kRows; ++i) {
      const auto left = hn::Set(d, a[i * in.row_step]);
#pragma GCC unroll 12
      for (int j = 0; j < kVectors; ++j) sum[i][j] = hn::MulAdd(left, right[j], sum[i][j]);
    }
  }
#pragma GCC unroll 12
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 12
    for (int j = 0; j < kVectors; ++j) {
      if constexpr (kMasked) {
        hn::BlendedStore(sum[i][j], mask, d, out + i * product.n);
      } else {
        hn::StoreU(sum[i][j], d, out + i * product.n + j * width);
      }
    }
  }
}

// kRows rows of the result from end to end.
template <int kRows>
void rows(const Operands& in, const Product& product, std::int64_t row) {
  const D d;
  const auto width = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t column = 0;
  if constexpr (kRows == 1) {  // long runs: b may have a row of thousands
    for (; column + 8 * width <= product.n; column += 8 * width) tile<1, 8>(d, in, product, row, column);
  }
  for (; column + 2 * width <= product.n; column += 2 * width) tile<kRows, 2>(d, in, product, row, column);
  for (; column + width <= product.n; column += width) tile<kRows, 1>(d, in, product, row, column);
#if HWY_TARGET <= HWY_AVX2  // AVX2 and AVX-512: masked memory operations that touch no lane outside the mask
  if (column < product.n) {
    tile<kRows, 1, true>(d, in, product, row, column, static_cast<std::size_t>(product.n - column));
  }
#else
  for (; column < product.n; ++column) tile<kRows, 1>(hn::CappedTag<float, 1>(), in, product, row, column);
#endif
}

void all_rows(const Operands& in, const Product& product) {
  std::int64_t row = 0;
  if (in.k == 1) {  // an outer product is all writing, which is fastest from end to end
    for (; row < product.m; ++row) rows<1>(in, product, row);
    return;
  }
  for (; row + kTileRows <= product.m; row += kTileRows) rows<kTileRows>(in, product, row);
  if (kTileRows > 6 && row + 6 <= product.m) {
    rows<6>(in, product, row);
    row += 6;
  }
  switch (product.m - row) {
    case 5:
      return rows<5>(in, product, row);
    case 4:
      return rows<4>(in, product, row);
    case 3:
      return rows<3>(in, product, row);
    case 2:
      return rows<2>(in, product, row);
    case 1:
      return rows<1>(in, product, row);
    default:
      return;
  }
}

// to [columns, rows] = from [rows, columns] transposed, in blocks of 4 x 4.
void transpose(const float* from, std::int64_t rows, std::int64_t columns, float* to) {
  const auto plain = [&](std::int64_t begin_row, std::int64_t end_row, std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin_row; i < end_row; ++i) {
      for (std::int64_t j = begin; j < end; ++j) to[j * rows + i] = from[i * columns + j];
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
      const float* at = from + i * columns + j;
      const auto r0 = hn::LoadU(d, at);
      const auto r1 = hn::LoadU(d, at + columns);
      const auto r2 = hn::LoadU(d, at + 2 * columns);
      const auto r3 = hn::LoadU(d, at + 3 * columns);
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

}  // namespace

void Matmul(const Product& product) {
  if (product.m == 1 && product.transpose_b) return dot_products(product);
  Operands in{product.a, product.transpose_a ? 1 : product.k, product.transpose_a ? product.m : 1, product.b, product.n,
              product.k};
  if (!product.transpose_b) return all_rows(in, product);
  static thread_local std::vector<float> turned;
  turned.resize(static_cast<std::size_t>(product.n * product.k));
  transpose(product.b, product.n, product.k, turned.data());
  in.b = turned.data();
  all_rows(in, product);
}

}  // namespace posthoc::cpu::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace posthoc::cpu::simd {

HWY_EXPORT(Matmul);

bool suits(const Product& product) {
  constexpr std::int64_t kMostOfB = 65536;  // floats: 256 KiB
  constexpr std::int64_t kLongestSum = 512;
  const bool dots = product.m == 1 && product.transpose_b;
  return product.n * product.k <= kMostOfB && (product.k <= kLongestSum || dots);
}

void matmul(const Product& product) { HWY_DYNAMIC_DISPATCH(Matmul)(product); }

}  // namespace posthoc::cpu::simd
#endif
