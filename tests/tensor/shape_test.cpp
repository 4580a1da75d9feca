#include "tensor/shape.h"

#include <gtest/gtest.h>

#include "support/expect_error.h"
#include "tensor/format.h"

namespace posthoc {
namespace {

using testing::fails_with;

TEST(Shape, KnowsItsSizes) {
  const Shape shape{2, 3, 4};
  EXPECT_EQ(shape.rank(), 3);
  EXPECT_EQ(shape[1], 3);
  EXPECT_EQ(shape.elements(), 24);
  EXPECT_EQ(shape.text(), "[2, 3, 4]");
  EXPECT_EQ(Shape{}.elements(), 1);
  EXPECT_EQ(Shape{}.text(), "[]");
  EXPECT_EQ((Shape{3, 0}.elements()), 0);
  EXPECT_NE((Shape{2, 3}), (Shape{3, 2}));
}

TEST(Format, WritesShapesDtypesAndDevices) {
  EXPECT_EQ(fmt::format("{} {}", Shape{2, 3}, Shape{}), "[2, 3] []");
  EXPECT_EQ(fmt::format("{} {} {}", Dtype::float32, Dtype::float64, Dtype::int64), "float32 float64 int64");
  EXPECT_EQ(fmt::format("{} {}", Device::cpu(), Device::cuda(1)), "cpu cuda:1");
  EXPECT_EQ(fmt::format("{:>8}|{:9}|", Shape{2, 3}, Dtype::int64), "  [2, 3]|int64    |");
}

TEST(Shape, RefusesWhatNoMemoryHolds) {
  const std::int64_t big = std::int64_t{1} << 40;
  EXPECT_TRUE(fails_with([] { Shape{2, -1}; }, {"shape [2, -1]: a size must not be negative"}));
  EXPECT_TRUE(fails_with([] { Shape{0, -1}; }, {"shape [0, -1]: a size must not be negative"}));
  EXPECT_TRUE(fails_with([&] { Shape{big, big}; }, {"too many elements"}));
  EXPECT_TRUE(fails_with([&] { Shape{big, big, 0}; }, {"too many elements"}));
}

TEST(Shape, BroadcastsAsNumPyDoes) {
  EXPECT_EQ(broadcast({2, 3}, {2, 3}, "op"), (Shape{2, 3}));
  EXPECT_EQ(broadcast({2, 1}, {3}, "op"), (Shape{2, 3}));
  EXPECT_EQ(broadcast({}, {4, 1}, "op"), (Shape{4, 1}));
  EXPECT_EQ(broadcast({5, 1, 3}, {4, 1}, "op"), (Shape{5, 4, 3}));
  EXPECT_EQ(broadcast({0, 3}, {1, 3}, "op"), (Shape{0, 3}));
  EXPECT_EQ(broadcast({1}, {0}, "op"), (Shape{0}));
  EXPECT_TRUE(fails_with([] { broadcast({2, 3}, {2}, "op"); }, {"op: shapes [2, 3] and [2] do not broadcast"}));
  EXPECT_TRUE(fails_with([] { broadcast({0}, {2}, "op"); }, {"op: shapes [0] and [2] do not broadcast"}));
}

}  // namespace
}  // namespace posthoc
