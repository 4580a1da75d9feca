#include "tensor/subnormals.h"

#include <gtest/gtest.h>

#include "tensor/backend.h"
#include "tensor/ops.h"

namespace posthoc {
namespace {

constexpr bool kHasMode =
#if defined(__SSE2__) || defined(__aarch64__)
    true;
#else
    false;
#endif

float halved(float x) { return mul(Tensor::full({}, x), 0.5).values<float>()[0]; }

TEST(Subnormals, AreZeroInTheScopeAndNowhereElse) {
  constexpr float kSmallest = std::numeric_limits<float>::min();
  EXPECT_GT(halved(kSmallest), 0.0F);
  {
    const FlushSubnormals flush;
    EXPECT_EQ(halved(kSmallest), kHasMode ? 0.0F : kSmallest / 2);  // as a result
    { const FlushSubnormals within; }
    EXPECT_EQ(halved(kSmallest), kHasMode ? 0.0F : kSmallest / 2);
    EXPECT_EQ(halved(2 * kSmallest), kSmallest);
  }
  EXPECT_GT(halved(kSmallest), 0.0F);
}

TEST(Subnormals, AMovingAverageOfZerosEndsAtZero) {
  if (!kHasMode) GTEST_SKIP() << "this processor's mode is not known";
  for (const Dtype dtype : {Dtype::float32, Dtype::float64}) {
    Tensor p = Tensor::full({33}, 1.0, dtype);
    Tensor m = p.full_like(1e-30);
    Tensor v = p.full_like(1e-30);
    const Tensor gradient = p.full_like(0.0);
    for (int step = 0; step < 8000; ++step) {
      const FlushSubnormals flush;
      backend(Device::cpu()).adam_step({.rate = 1e-3, .beta1 = 0.9, .beta2 = 0.9, .eps = 1e-8}, gradient, p, m, v);
    }
    EXPECT_EQ(m.to_vector(), std::vector<double>(33, 0.0));
    EXPECT_EQ(v.to_vector(), std::vector<double>(33, 0.0));
  }
}

}  // namespace
}  // namespace posthoc
