#include "data/scaler.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "base/threads.h"
#include "support/close.h"
#include "support/expect_error.h"
#include "support/restore_threads.h"
#include "tensor/random.h"

namespace posthoc::data {
namespace {

using testing::fails_with;
using Doubles = std::vector<double>;
using Rows = std::vector<std::int64_t>;

// Rows 0, 2 and 3 train: the first feature is 1, 2, 6, the second is constant there.
Tensor example() { return Tensor::from(Doubles{1, 5, 100, 7, 2, 5, 6, 5}, {4, 2}); }
const Rows train = {0, 2, 3};

TEST(Scaler, UsesThePopulationVarianceOfTheTrainingRows) {
  const Scaler scaler = Scaler::fit(example(), train);
  EXPECT_EQ(scaler.mean(), (Doubles{3, 5}));
  EXPECT_TRUE(testing::close(scaler.scale()[0], std::sqrt(14.0 / 3.0), 1e-15));  // (4 + 1 + 9) / 3
  EXPECT_EQ(scaler.scale()[1], 1.0) << "constant in train";
}

TEST(Scaler, TransformsAnyRowsInTheirOrder) {
  const Scaler scaler({3, 5}, {2, 1});
  const Tensor result = scaler.transform(example(), Rows{1, 0, 1}, Dtype::float64);
  EXPECT_EQ(result.shape(), (Shape{3, 2}));
  EXPECT_EQ(result.to_vector(), (Doubles{48.5, 2, -1, 0, 48.5, 2}));
  const Tensor narrow = scaler.transform(example(), Rows{0});
  EXPECT_EQ(narrow.dtype(), Dtype::float32);
  EXPECT_EQ(narrow.to_vector(), (Doubles{-1, 0}));
}

// More rows than one task takes, and of those that are too far the first is named, whichever task meets one first.
TEST(Scaler, ManyRowsAreTheSameForAnyNumberOfThreads) {
  constexpr std::int64_t kRows = 5000;
  const Tensor x = random_normal({kRows, 3}, {1, 2, 3}, Dtype::float64);
  Rows rows(kRows);
  for (std::int64_t i = 0; i < kRows; ++i) rows[static_cast<std::size_t>(i)] = i * 7 % kRows;
  const Scaler scaler = Scaler::fit(x, rows);
  Tensor far = x.clone();
  for (const std::size_t row : {4900U, 2500U, 3U}) far.mutable_values<double>()[3 * row + 2] = 1e300;
  const posthoc::testing::RestoreThreads restore;
  for (const int count : {1, 3}) {
    set_threads(count);
    const std::vector<double> all = scaler.transform(x, rows, Dtype::float64).to_vector();
    for (std::size_t i = 0; i < all.size(); ++i) {
      const double value = x.values<double>()[3 * static_cast<std::size_t>(rows[i / 3]) + i % 3];
      ASSERT_EQ(all[i], (value - scaler.mean()[i % 3]) / scaler.scale()[i % 3]);
    }
    // Of rows 0, 7, 14, ... the first of the three is 4900 at place 700.
    EXPECT_TRUE(fails_with([&] { static_cast<void>(scaler.transform(far, rows)); }, {"row 4900, feature 2"}));
  }
}

TEST(Scaler, AConstantThatIsNoBinaryFractionIsStillConstant) {
  const Tensor tenths = Tensor::from(Doubles(10, 0.1), {10, 1});
  const Scaler scaler = Scaler::fit(tenths, Rows{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  EXPECT_EQ(scaler.mean(), Doubles{0.1});
  EXPECT_EQ(scaler.scale(), Doubles{1.0});
}

TEST(Scaler, BadInputIsAnError) {
  const Scaler scaler = Scaler::fit(example(), train);
  EXPECT_TRUE(fails_with([] { Scaler::fit(example(), Rows{}); }, {"at least one training row"}));
  EXPECT_TRUE(fails_with([] { Scaler::fit(example(), Rows{4}); }, {"row 4", "4 rows"}));
  EXPECT_TRUE(fails_with([] { Scaler::fit(example(), Rows{-1}); }, {"row -1"}));
  EXPECT_TRUE(fails_with([] { Scaler::fit(Tensor(), train); }, {"[rows, features]"}));
  EXPECT_TRUE(fails_with(
      [&] {
        static_cast<void>(scaler.transform(Tensor::zeros({2, 3}, Dtype::float64), Rows{0}));
      },
      {"fitted to 2 features, got 3"}));
  EXPECT_TRUE(fails_with([&] { static_cast<void>(scaler.transform(example(), Rows{0}, Dtype::int64)); }, {"int64"}));
  const Tensor huge = Tensor::from(Doubles{-1e200, 1e200, 0, 1e200}, {4, 1});
  EXPECT_TRUE(fails_with([&] { Scaler::fit(huge, Rows{0, 1}); }, {"feature 0", "inf"}));
  const Scaler unit({0.0}, {1.0});
  EXPECT_TRUE(fails_with([&] { static_cast<void>(unit.transform(huge, Rows{2, 3})); }, {"row 3", "too far"}));
  EXPECT_TRUE(fails_with([] { Scaler({1, 2}, {1}); }, {"2 means", "1 scales"}));
  EXPECT_TRUE(fails_with([] { Scaler({1}, {0}); }, {"feature 0"}));
  EXPECT_TRUE(fails_with([] { Scaler({std::nan("")}, {1}); }, {"feature 0"}));
}

}  // namespace
}  // namespace posthoc::data
