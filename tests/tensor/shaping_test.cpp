#include <gtest/gtest.h>

#include "support/expect_error.h"
#include "tensor/naive.h"
#include "tensor/ops.h"

namespace posthoc {
namespace {

using testing::broadcast_offset;
using testing::fails_with;
using testing::index_of;
using testing::matches;
using testing::noise;

TEST(Shaping, TransposeExchangesTwoAxes) {
  for (std::uint32_t number = 0; number < 60; ++number) {
    const Tensor x = noise(testing::random_shape(number, 5), number);
    const std::vector<double> values = x.to_vector();
    for (int a = 0; a < x.rank(); ++a) {
      for (int b = 0; b < x.rank(); ++b) {
        std::vector<std::int64_t> sizes(x.shape().sizes().begin(), x.shape().sizes().end());
        std::swap(sizes[static_cast<std::size_t>(a)], sizes[static_cast<std::size_t>(b)]);
        const Shape shape(sizes);
        std::vector<double> expected;
        for (std::int64_t i = 0; i < shape.elements(); ++i) {
          std::vector<std::int64_t> index = index_of(shape, i);
          std::swap(index[static_cast<std::size_t>(a)], index[static_cast<std::size_t>(b)]);
          // The index lies within x's shape, so "broadcast" is a plain look-up.
          expected.push_back(values[broadcast_offset(x.shape(), index)]);
        }
        EXPECT_TRUE(matches(transpose(x, a, b), shape, expected, 0.0)) << x.shape().text() << a << b;
        EXPECT_EQ(transpose(transpose(x, a, b), b - x.rank(), a - x.rank()).to_vector(), values);
      }
    }
  }
  const Tensor counts = Tensor::from<std::int64_t>({1, 2, 3, 4, 5, 6}, {2, 3});
  EXPECT_EQ(transpose(counts).to_vector(), (std::vector<double>{1, 4, 2, 5, 3, 6}));
}

TEST(Shaping, SlicesJoinedAgainAreTheWhole) {
  for (const Dtype dtype : {Dtype::float32, Dtype::float64, Dtype::int64}) {
    for (std::uint32_t number = 0; number < 60; ++number) {
      const Tensor x = noise(testing::random_shape(number, 5), number).to(dtype);
      const std::vector<double> values = x.to_vector();
      for (int axis = 0; axis < x.rank(); ++axis) {
        std::vector<Tensor> parts;
        const std::int64_t cut = x.size(axis) / 2;
        for (const auto& [begin, end] : {std::pair{std::int64_t{0}, cut}, {cut, cut}, {cut, x.size(axis)}}) {
          const Tensor part = slice(x, axis, begin, end);
          parts.push_back(part);
          std::vector<double> expected;
          for (std::int64_t i = 0; i < part.elements(); ++i) {
            std::vector<std::int64_t> index = index_of(part.shape(), i);
            index[static_cast<std::size_t>(axis)] += begin;
            expected.push_back(values[broadcast_offset(x.shape(), index)]);
          }
          EXPECT_EQ(part.size(axis), end - begin);
          EXPECT_TRUE(matches(part, part.shape(), expected, 0.0)) << x.shape().text() << " along " << axis;
        }
        EXPECT_TRUE(matches(concatenate(parts, axis - x.rank()), x.shape(), values, 0.0));
      }
    }
  }
}

TEST(Shaping, ConcatenatePutsPartsSideBySide) {
  const Tensor a = Tensor::from<float>({1, 2, 3, 4}, {2, 2});
  const Tensor b = Tensor::from<float>({5, 6}, {2, 1});
  EXPECT_EQ(concatenate({a, b}, 1).to_vector(), (std::vector<double>{1, 2, 5, 3, 4, 6}));
  EXPECT_EQ(concatenate({a, transpose(b)}).to_vector(), (std::vector<double>{1, 2, 3, 4, 5, 6}));
}

TEST(Shaping, WhatDoesNotFitIsNamed) {
  const Tensor x = Tensor::zeros({2, 3});
  EXPECT_TRUE(fails_with([&] { transpose(x, 0, 2); }, {"transpose: axis 2 is outside the shape [2, 3]"}));
  EXPECT_TRUE(fails_with([] { transpose(Tensor::zeros({3})); }, {"transpose: axis -2 is outside the shape [3]"}));
  EXPECT_TRUE(fails_with([] { transpose(Tensor()); }, {"transpose: the tensor is undefined"}));
  EXPECT_TRUE(fails_with([] { return Tensor().reshape({1}); }, {"reshape: the tensor is undefined"}));
  for (const auto& [begin, end] : {std::pair{-1, 1}, {2, 1}, {0, 4}}) {
    EXPECT_TRUE(fails_with([&, b = begin, e = end] { slice(x, 1, b, e); },
                           {"slice: [", ") is not within axis 1 of the shape [2, 3]"}));
  }
  EXPECT_TRUE(fails_with([&] { slice(x, -3, 0, 1); }, {"slice: axis -3 is outside the shape [2, 3]"}));
  EXPECT_TRUE(fails_with([] { concatenate({}); }, {"concatenate: expected at least one tensor"}));
  EXPECT_TRUE(fails_with([&] { concatenate({x, Tensor()}); }, {"concatenate: the tensor is undefined"}));
  EXPECT_TRUE(fails_with(
      [&] {
        concatenate({x, Tensor::zeros({2, 2})});
      },
      {"concatenate: shapes [2, 3] and [2, 2] differ on more than axis 0"}));
  EXPECT_TRUE(fails_with([&] { concatenate({x, Tensor::zeros({3})}); }, {"concatenate: shapes [2, 3] and [3]"}));
  EXPECT_TRUE(fails_with(
      [&] {
        concatenate({x, x.to(Dtype::float64)});
      },
      {"concatenate: dtypes differ: float32 and float64"}));
}

}  // namespace
}  // namespace posthoc
