#include "tensor/eigen.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "support/close.h"
#include "support/expect_error.h"
#include "support/json_file.h"
#include "tensor/ops.h"
#include "tensor/random.h"

namespace posthoc {
namespace {

using testing::all_close;
using testing::close;
using testing::fails_with;

using Solver = SymmetricEigen (*)(const Tensor&);
constexpr Solver kSolvers[] = {symmetric_eigen, symmetric_eigen_by_rotations};

Tensor symmetric(std::int64_t n, std::uint32_t number) {
  const Tensor a = random_normal({n, n}, {11, purpose("eigen test"), number}, Dtype::float64);
  return add(a, transpose(a));
}

double largest(const Tensor& a) {
  double most = 0.0;
  for (const double x : a.to_vector()) most = std::max(most, std::isfinite(x) ? std::abs(x) : 1e300);
  return most;
}

TEST(SymmetricEigen, AgreesWithNumPy) {
  const auto golden = testing::read_json("tests/golden/symmetric_eigen.json");
  for (const auto& c : golden.at("cases")) {
    SCOPED_TRACE(c.at("name").get<std::string>());
    std::vector<double> elements;
    for (const auto& row : c.at("a")) {
      for (const double x : row) elements.push_back(x);
    }
    const auto n = static_cast<std::int64_t>(c.at("a").size());
    const auto expected = c.at("values").get<std::vector<double>>();
    for (const Solver solve : kSolvers) {
      const std::vector<double> values = solve(Tensor::from(elements, {n, n})).values.to_vector();
      EXPECT_TRUE((all_close<double, double>(values, expected, 1e-11, 1e-12 * std::abs(expected.back()))));
    }
  }
}

TEST(SymmetricEigen, VectorsAreOrthonormalAndMakeTheMatrix) {
  for (const std::int64_t n : {0, 1, 2, 3, 8, 31, 90}) {
    const Tensor a = symmetric(n, static_cast<std::uint32_t>(n));
    for (const Solver solve : kSolvers) {
      SCOPED_TRACE(n);
      const SymmetricEigen found = solve(a);
      ASSERT_EQ(found.values.shape(), Shape({n}));
      ASSERT_EQ(found.vectors.shape(), Shape({n, n}));
      if (n == 0) continue;
      const Tensor scaled = mul(found.vectors, found.values.reshape({n, 1}));
      EXPECT_LT(largest(sub(matmul(found.vectors, scaled, true), a)), 1e-12 * largest(a) * static_cast<double>(n));
      Tensor products = matmul(found.vectors, found.vectors, false, true);
      for (std::int64_t i = 0; i < n; ++i)
        products.mutable_values<double>()[static_cast<std::size_t>(i * (n + 1))] -= 1;
      EXPECT_LT(largest(products), 1e-13 * static_cast<double>(n));
    }
  }
}

TEST(SymmetricEigen, BothWaysGiveTheSameValues) {
  for (const std::int64_t n : {5, 40, 120}) {
    const Tensor a = symmetric(n, 100);
    const std::vector<double> expected = symmetric_eigen_by_rotations(a).values.to_vector();
    EXPECT_TRUE((all_close<double, double>(symmetric_eigen(a).values.to_vector(), expected, 1e-11, 1e-11)));
  }
}

TEST(SymmetricEigen, RefusesWhatIsNoSymmetricMatrix) {
  for (const Solver solve : kSolvers) {
    EXPECT_TRUE(fails_with([&] { solve(Tensor::zeros({2, 3}, Dtype::float64)); }, {"square", "[2, 3]"}));
    EXPECT_TRUE(fails_with([&] { solve(Tensor::zeros({2, 2})); }, {"float64"}));
    EXPECT_TRUE(fails_with([&] { solve(Tensor()); }, {"got nothing"}));
    EXPECT_TRUE(fails_with(
        [&] {
          solve(Tensor::from<double>({1, 0, std::numeric_limits<double>::quiet_NaN(), 1}, {2, 2}));
        },
        {"not finite"}));
  }
}

}  // namespace
}  // namespace posthoc
