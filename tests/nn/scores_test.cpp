#include <gtest/gtest.h>

#include "base/threads.h"
#include "nn/mlp.h"
#include "support/expect_error.h"
#include "support/restore_threads.h"
#include "tensor/random.h"

namespace posthoc::nn {
namespace {

using posthoc::testing::fails_with;

class Scores : public ::testing::Test {
  const posthoc::testing::RestoreThreads restore_;
};

// Rows are scored 512 at a time.
TEST_F(Scores, AreTheSameForAnyNumberOfThreads) {
  for (const Dtype dtype : {Dtype::float32, Dtype::float64}) {
    Mlp model({.input = 5, .depth = 2, .width = 7, .dtype = dtype}, 1);
    const Tensor x = random_normal({1537, 5}, {2, purpose("x"), 0}).to(dtype);
    for (const std::int64_t n : {0, 1, 511, 512, 513, 1024, 1537}) {
      set_threads(1);
      const std::vector<double> alone = scores(model, x.rows(0, n));
      ASSERT_EQ(alone.size(), static_cast<std::size_t>(n));
      for (const int count : {2, 3, 8}) {
        set_threads(count);
        ASSERT_EQ(scores(model, x.rows(0, n)), alone) << n << " rows, " << count << " threads";
      }
    }
    EXPECT_TRUE(model.training()) << "it is in evaluation mode for the scoring alone";
  }
}

// Gives one score too many.
class OneMore final : public Classifier {
 public:
  Variable logits(const Variable& x) override { return Variable(Tensor::zeros({x.value().size(0) + 1, 1})); }
  [[nodiscard]] std::int64_t inputs() const override { return 2; }
  [[nodiscard]] std::shared_ptr<Module> clone() const override { return std::make_shared<OneMore>(); }
};

TEST_F(Scores, ANetworkMustGiveOneForEachRow) {
  OneMore model;
  for (const int count : {1, 2}) {
    set_threads(count);
    EXPECT_TRUE(fails_with(
        [&] {
          static_cast<void>(scores(model, Tensor::zeros({1024, 2})));
        },
        {"the network gives 513 scores for 512 rows"}))
        << count;
  }
}

}  // namespace
}  // namespace posthoc::nn
