#include "data/prepared.h"

#include <gtest/gtest.h>

#include "data/split.h"
#include "data/synthetic.h"
#include "support/close.h"
#include "support/expect_error.h"

namespace posthoc::data {
namespace {

Dataset example() {
  SyntheticOptions options;
  options.rows = 500;
  options.features = 4;
  return generate_synthetic(options);
}

TEST(Prepared, PartsFollowTheSplitRowByRow) {
  const Dataset data = example();
  const Prepared prepared = prepare(data, 3);
  const Split split = split_rows(500, 3);
  EXPECT_EQ(prepared.train.rows, split.train);
  EXPECT_EQ(prepared.valid.rows, split.valid);
  EXPECT_EQ(prepared.test.rows, split.test);
  for (const Part* part : {&prepared.train, &prepared.valid, &prepared.test}) {
    ASSERT_EQ(part->features.shape(), (Shape{part->size(), 4}));
    ASSERT_EQ(part->features.dtype(), Dtype::float32);
    for (std::size_t i = 0; i < part->rows.size(); ++i) {
      const auto row = static_cast<std::size_t>(part->rows[i]);
      EXPECT_EQ(part->labels[i], data.labels[row]);
      EXPECT_EQ(part->groups[i], data.attribute("group").groups[row]);
      const double x = data.features.values<double>()[4 * row + 1];
      EXPECT_TRUE(testing::close(part->features.values<float>()[4 * i + 1],
                                 (x - prepared.scaler.mean()[1]) / prepared.scaler.scale()[1], 6e-8));
    }
  }
}

TEST(Prepared, AGivenScalerIsUsedAsItIs) {
  const Dataset data = example();
  const Prepared fitted = prepare(data, 3);
  const Prepared again = prepare(data, 3, fitted.scaler);
  EXPECT_EQ(again.test.features.to_vector(), fitted.test.features.to_vector());
  const Prepared shifted = prepare(data, 3, Scaler({0, 0, 0, 0}, {2, 2, 2, 2}));
  EXPECT_EQ(shifted.scaler.scale()[0], 2.0);
  EXPECT_EQ(
      shifted.train.features.values<float>()[0],
      static_cast<float>(data.features.values<double>()[4 * static_cast<std::size_t>(shifted.train.rows[0])] / 2));
  EXPECT_TRUE(testing::fails_with([&] { prepare(data, 3, Scaler({0}, {1})); }, {"1 features, got 4"}));
}

TEST(Prepared, HeldOutPartsAreTheSameWithoutTheTrainingPart) {
  const Dataset data = example();
  const Prepared all = prepare(data, 3);
  for (const std::optional<Scaler>& scaler : {std::optional<Scaler>(), std::optional(all.scaler)}) {
    const Prepared held_out = prepare_held_out(data, 3, scaler);
    EXPECT_EQ(held_out.train.size(), 0);
    EXPECT_FALSE(held_out.train.features.defined());
    EXPECT_EQ(held_out.scaler.mean(), all.scaler.mean());
    EXPECT_EQ(held_out.valid.features.to_vector(), all.valid.features.to_vector());
    EXPECT_EQ(held_out.test.features.to_vector(), all.test.features.to_vector());
    EXPECT_EQ(held_out.valid.rows, all.valid.rows);
    EXPECT_EQ(held_out.test.labels, all.test.labels);
    EXPECT_EQ(held_out.test.groups, all.test.groups);
  }
}

}  // namespace
}  // namespace posthoc::data
