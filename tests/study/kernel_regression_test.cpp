#include "study/kernel_regression.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/close.h"
#include "support/expect_error.h"
#include "support/json_file.h"
#include "tensor/ops.h"
#include "tensor/random.h"

namespace posthoc::study {
namespace {

using testing::all_close;
using testing::close;
using testing::fails_with;

std::vector<double> coefficients(const KernelFit& fit, const Tensor& x) {
  const auto n = static_cast<std::int64_t>(fit.dual.size());
  return matmul(Tensor::from(fit.dual, {1, n}), x.rows(0, n)).to_vector();
}

TEST(KernelRegression, AgreesWithScikitLearn) {
  const auto golden = testing::read_json("tests/golden/kernel_regression.json");
  for (const auto& c : golden.at("cases")) {
    SCOPED_TRACE(c.at("name").get<std::string>());
    std::vector<double> elements;
    for (const auto& row : c.at("x")) {
      for (const double value : row) elements.push_back(value);
    }
    const auto n = static_cast<std::int64_t>(c.at("x").size());
    const Tensor x = Tensor::from(elements, {n, static_cast<std::int64_t>(elements.size()) / n});
    const auto y = c.at("y").get<std::vector<double>>();
    const KernelRegression regression(matmul(x, x, false, true), c.at("training"));
    const auto check = [&](const KernelFit& fit, const nlohmann::json& expected) {
      const auto weights = expected.at("coefficients").get<std::vector<double>>();
      EXPECT_TRUE((all_close<double, double>(coefficients(fit, x), weights, 1e-8, 1e-9)));
      EXPECT_TRUE(close(fit.intercept, expected.at("intercept"), 1e-8, 1e-9));
      EXPECT_TRUE(close(fit.r2, expected.at("r2"), 1e-9));
      EXPECT_TRUE(close(fit.r2_held_out, expected.at("r2_held_out"), 1e-8));
    };
    check(regression.least_norm(y), c.at("least_norm"));
    const KernelFit ridge = regression.ridge(y);
    EXPECT_TRUE(close(ridge.penalty, c.at("penalty"), 1e-10));
    check(ridge, c.at("ridge"));
  }
}

// With more coordinates than samples, least squares passes through anything: through noise as through a linear law,
// which only samples that it did not learn from tell apart.
TEST(KernelRegression, OnlyHeldOutSamplesTellALawFromNoise) {
  const std::int64_t n = 160;
  const Tensor x = random_normal({n, 300}, {3, 1, 4}, Dtype::float64);
  const Tensor noise = random_normal({n, 1}, {3, 1, 5}, Dtype::float64);
  const Tensor law = matmul(x, random_normal({300, 1}, {3, 1, 6}, Dtype::float64));
  const KernelRegression regression(matmul(x, x, false, true), 120);
  const KernelFit of_noise = regression.least_norm(noise.to_vector());
  EXPECT_TRUE(close(of_noise.r2, 1.0, 1e-12));
  EXPECT_LT(of_noise.r2_held_out, 0.0);
  EXPECT_LT(regression.ridge(noise.to_vector()).r2_held_out, 0.1);
  const KernelFit of_law = regression.least_norm(law.to_vector());
  EXPECT_TRUE(close(of_law.r2, 1.0, 1e-12));
  // The samples span 120 of 300 directions, all alike: about so much of the law is seen.
  EXPECT_NEAR(of_law.r2_held_out, 0.4, 0.15);
}

TEST(KernelRegression, AnExactLawOfFewCoordinatesIsFound) {
  const Tensor x = random_normal({50, 3}, {9, 1, 1}, Dtype::float64);
  const std::vector<double> truth{2, -1, 0.5};
  std::vector<double> y = matmul(x, Tensor::from(truth, {3, 1})).to_vector();
  for (double& value : y) value += 7;
  const KernelFit fit = KernelRegression(matmul(x, x, false, true), 40).least_norm(y);
  EXPECT_TRUE((all_close<double, double>(coefficients(fit, x), truth, 1e-9)));
  EXPECT_TRUE(close(fit.intercept, 7.0, 1e-9));
  EXPECT_TRUE(close(fit.r2_held_out, 1.0, 1e-12));
}

TEST(KernelRegression, RefusesWhatItCannotFit) {
  const Tensor x = random_normal({10, 4}, {1, 1, 1}, Dtype::float64);
  const Tensor gram = matmul(x, x, false, true);
  EXPECT_TRUE(fails_with([&] { KernelRegression(gram, 9); }, {"3 to 8", "got 9"}));
  EXPECT_TRUE(fails_with([&] { KernelRegression(x, 5); }, {"square", "[10, 4]"}));
  EXPECT_TRUE(fails_with([&] { KernelRegression(Tensor::full({10, 10}, 2.0, Dtype::float64), 5); }, {"all the same"}));
  EXPECT_TRUE(fails_with([&] { KernelRegression(gram, 5, 1.0); }, {"rounding", "got 1"}));
  const KernelRegression regression(gram, 6);
  EXPECT_TRUE(fails_with([&] { (void)regression.ridge(std::vector<double>(9, 1.0)); }, {"10 samples, got 9"}));
  EXPECT_TRUE(fails_with([&] { (void)regression.least_norm(std::vector<double>(10, 1.0)); }, {"nothing to explain"}));
}

}  // namespace
}  // namespace posthoc::study
