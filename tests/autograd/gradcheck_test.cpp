#include "autograd/gradcheck.h"

#include <cmath>
#include <gtest/gtest.h>

#include "autograd/ops.h"
#include "support/expect_error.h"
#include "tensor/ops.h"

namespace posthoc {
namespace {

using testing::fails_with;

const std::vector<Variable> kInputs = {Variable(Tensor::from<double>({0.5, 1.5, -2.0}, {3}), true)};

// x squared, whose gradient is a given multiple of the true one.
Variable square(const Variable& x, double factor) {
  return record("square", mul(x.value(), x.value()), {x},
                [v = x.value(), factor](const Tensor& g, InputGradients& gradients) {
                  gradients.add(0, mul(mul(g, v), 2.0 * factor));
                });
}

TEST(Gradcheck, PassesATrueGradient) {
  EXPECT_EQ(gradcheck([](const auto& in) { return square(in[0], 1.0); }, kInputs), "");
  EXPECT_FALSE(kInputs[0].has_grad()) << "the caller's variables are left alone";
}

TEST(Gradcheck, FailsOnAWrongGradient) {
  const std::string message = gradcheck([](const auto& in) { return square(in[0], 1.00001); }, kInputs);
  EXPECT_NE(message.find("input 0, element 0"), std::string::npos) << message;
}

TEST(Gradcheck, FailsOnAPermutedGradient) {
  // Right for a cotangent of ones.
  const auto reversed = [](const std::vector<Variable>& in) {
    return record("reversed", in[0].value(), {in[0]}, [](const Tensor& g, InputGradients& gradients) {
      gradients.add(0, gather_rows(g, Tensor::from<std::int64_t>({2, 1, 0}, {3})));
    });
  };
  EXPECT_NE(gradcheck(reversed, kInputs), "");
}

TEST(Gradcheck, FailsOnNaNAndInfinity) {
  EXPECT_NE(gradcheck([](const auto& in) { return square(in[0], std::nan("")); }, kInputs), "");
  EXPECT_NE(gradcheck([](const auto& in) { return log(in[0]); }, kInputs), "") << "the logarithm of -2";
  const auto infinite = [](const std::vector<Variable>& in) { return mul(mul(in[0], 1e200), 1e200); };
  EXPECT_NE(gradcheck(infinite, kInputs), "");
}

TEST(Gradcheck, FailsOnAGradientThatNeverCame) {
  const auto forgets = [](const std::vector<Variable>& in) {
    return record("forgets", in[0].value(), {in[0]}, [](const Tensor&, InputGradients&) {});
  };
  EXPECT_EQ(gradcheck(forgets, kInputs), "input 0 got no gradient");
}

TEST(Gradcheck, AsksForFloat64) {
  EXPECT_TRUE(fails_with([] { gradcheck([](const auto& in) { return in[0]; }, {Variable(Tensor::zeros({1}), true)}); },
                         {"gradcheck: inputs must be float64, got float32"}));
}

}  // namespace
}  // namespace posthoc
