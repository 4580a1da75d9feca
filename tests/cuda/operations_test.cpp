#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "autograd/gradcheck.h"
#include "autograd/op_cases.h"
#include "support/close.h"
#include "tensor/random.h"

// Every differentiable operation on the device against the host: its value and its gradients.

namespace posthoc {
namespace {

using testing::OpCase;

std::vector<Tensor> results(const OpCase& op, Dtype dtype, Device device) {
  const std::vector<Variable> inputs = testing::inputs_of(op, dtype, device);
  const Variable output = op.function(inputs);
  output.backward(random_normal(output.shape(), {6, purpose("cotangent"), 0}, dtype, device));
  std::vector<Tensor> all = {output.value()};
  for (const Variable& input : inputs) all.push_back(input.grad());
  return all;
}

TEST(CudaOperations, ValuesAndGradientsAgreeWithTheHost) {
  for (const OpCase& op : testing::op_cases()) {
    for (const Dtype dtype : {Dtype::float32, Dtype::float64}) {
      const std::vector<Tensor> expected = results(op, dtype, Device::cpu());
      const std::vector<Tensor> actual = results(op, dtype, Device::cuda());
      ASSERT_EQ(actual.size(), expected.size());
      for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(actual[i].device(), Device::cuda()) << op.name;
        EXPECT_EQ(actual[i].shape(), expected[i].shape()) << op.name;
        const std::vector<double> values = actual[i].to_vector();
        const std::vector<double> reference = expected[i].to_vector();
        double largest = 0.0;
        for (const double value : reference) largest = std::max(largest, std::abs(value));
        const double tolerance = dtype == Dtype::float32 ? op.tolerance : 1e-13;
        EXPECT_TRUE(testing::all_close(std::span<const double>(values), std::span<const double>(reference), 0.0,
                                       tolerance * largest))
            << op.name << (i == 0 ? ", output" : ", gradient of input ") << i;
      }
    }
  }
}

TEST(CudaOperations, GradientsAgreeWithCentralDifferences) {
  std::size_t number = 0;
  for (const OpCase& op : testing::op_cases()) {
    if (++number % 7 != 0) continue;  // the backward formulas are the host's; this is that they run on a device
    EXPECT_EQ(gradcheck(op.function, testing::inputs_of(op, Dtype::float64, Device::cuda())), "") << op.name;
  }
}

}  // namespace
}  // namespace posthoc
