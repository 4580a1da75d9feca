#include "optim/blackbox/minimize.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>
#include <random>

#include "optim/blackbox/candidates.h"
#include "optim/test_functions.h"
#include "support/close.h"
#include "support/expect_error.h"

namespace posthoc::optim {
namespace {

using posthoc::testing::close;
using posthoc::testing::fails_with;
using Kind = Acquisition::Kind;
using Origin = Evaluation::Origin;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(TestFunctions, HaveTheirMinimaWhereTheLiteratureSays) {
  for (const TestFunction& f : test_functions()) {
    EXPECT_TRUE(close(f.function(f.at), f.minimum, 0.0, 1e-5)) << f.name;
  }
}

TEST(Minimize, TheFirstPointsComeFirstThenRandomOnesThenTheRest) {
  const Box box = cube(3, -1.0, 2.0);
  std::vector<Origin> origins;
  std::vector<std::vector<double>> points;
  MinimizeOptions options{.calls = 12,
                          .initial_points = 4,
                          .candidates = 50,
                          .first_points = {{0.5, 1.0, 2.0}, {-1.0, 0.0, 0.25}},
                          .seed = 3};
  options.on_evaluation = [&](const Evaluation& e) {
    EXPECT_EQ(e.step, static_cast<std::int64_t>(origins.size()));
    EXPECT_EQ(e.value, sphere(e.point));
    for (const double x : e.point) EXPECT_TRUE(-1.0 <= x && x <= 2.0);
    origins.push_back(e.origin);
    points.emplace_back(e.point.begin(), e.point.end());
  };
  const MinimizeResult result = minimize(sphere, box, options);
  using enum Origin;
  EXPECT_EQ(origins, (std::vector<Origin>{given, given, random, random, random, random, surrogate, neighbour, surrogate,
                                          neighbour, surrogate, neighbour}));
  EXPECT_EQ(points[0], options.first_points[0]);
  EXPECT_EQ(points[1], options.first_points[1]);
  EXPECT_EQ(result.guided, 3);
  ASSERT_EQ(result.values.size(), 12U);
  EXPECT_EQ(result.value, *std::min_element(result.values.begin(), result.values.end()));
  EXPECT_EQ(result.point, points[static_cast<std::size_t>(result.step)]);
  EXPECT_EQ(result.value, result.values[static_cast<std::size_t>(result.step)]);

  options.on_evaluation = {};
  const MinimizeResult unguided = random_search(sphere, box, options);
  EXPECT_TRUE(std::equal(result.values.begin(), result.values.begin() + 6, unguided.values.begin()));
  EXPECT_NE(result.values, unguided.values);
}

TEST(Minimize, ItsSeedDecides) {
  const MinimizeOptions options{.calls = 20, .candidates = 100, .seed = 7};
  const auto values = [&](std::uint64_t seed) {
    MinimizeOptions with = options;
    with.seed = seed;
    return minimize(sphere, cube(4, -1, 1), with).values;
  };
  EXPECT_EQ(values(7), values(7));
  EXPECT_NE(values(7), values(8));
}

TEST(Minimize, ANeighbourMovesSomethingAndStaysNear) {
  const Box box = cube(6, 0.0, 1.0);
  MinimizeOptions options{.calls = 200, .initial_points = 1, .local_share = 1.0};
  std::vector<double> best;
  double lowest = kInfinity;
  int at_home = 0;
  options.on_evaluation = [&](const Evaluation& e) {
    if (e.origin == Origin::neighbour) {
      int moved = 0;
      for (std::size_t j = 0; j < best.size(); ++j) {
        EXPECT_LE(std::abs(e.point[j] - best[j]), 0.25 + 1e-12);
        moved += e.point[j] != best[j] ? 1 : 0;
      }
      at_home += moved == 0 ? 1 : 0;
    }
    if (e.value < lowest) {
      lowest = e.value;
      best.assign(e.point.begin(), e.point.end());
    }
  };
  minimize([](std::span<const double> x) { return sphere(x) + 1.0; }, box, options);
  EXPECT_LT(lowest, 1.05);
  EXPECT_LT(at_home, 60);  // only where the move is cut off at the box
}

TEST(Minimize, ValuesThatAreNotFiniteAreTheWorst) {
  int calls = 0;
  const BlackBox half = [&](std::span<const double> x) {
    ++calls;
    if (x[0] < 0.0) return x[1] < 0.0 ? kNan : -kInfinity;
    return x[1] < 0.0 ? kInfinity : sphere(x);
  };
  const MinimizeResult result = minimize(half, cube(2, -1.0, 1.0), {.calls = 40, .candidates = 200});
  EXPECT_EQ(calls, 40);
  EXPECT_TRUE(std::isfinite(result.value));
  EXPECT_GE(result.point[0], 0.0);
  EXPECT_GE(result.point[1], 0.0);
  EXPECT_TRUE(fails_with([] { minimize([](auto) { return kNan; }, cube(2, 0, 1), {.calls = 15}); },
                         {"none of 15 evaluations gave a finite value"}));
}

TEST(Minimize, WithFewCallsItIsRandomSearch) {
  const Box box = cube(2, 0.0, 1.0);
  for (const std::int64_t calls : {1, 9, 10}) {
    const MinimizeOptions options{.calls = calls};
    EXPECT_EQ(minimize(sphere, box, options).values, random_search(sphere, box, options).values);
    EXPECT_EQ(minimize(sphere, box, options).values.size(), static_cast<std::size_t>(calls));
  }
}

TEST(Minimize, AConstantFunctionIsFlatAndAFixedDimensionStays) {
  const Box box{{0.0, 0.5}, {1.0, 0.5}};
  MinimizeOptions options{.calls = 20, .candidates = 100};
  options.on_evaluation = [](const Evaluation& e) { EXPECT_EQ(e.point[1], 0.5); };
  const MinimizeResult result = minimize([](auto) { return 2.0; }, box, options);
  EXPECT_EQ(result.step, 0);
  EXPECT_EQ(result.guided, 5);
  EXPECT_EQ(result.flat, 5);
}

TEST(Minimize, WhatTheFunctionThrowsPassesThrough) {
  const BlackBox bad = [](auto) -> double { fail("no data"); };
  EXPECT_TRUE(fails_with([&] { minimize(bad, cube(1, 0, 1)); }, {"no data"}));
}

TEST(Minimize, BadInputIsRefused) {
  const Box box = cube(2, 0.0, 1.0);
  const auto refused = [](const Box& in, const MinimizeOptions& options,
                          std::initializer_list<std::string_view> parts) {
    const auto both = fails_with([&] { random_search(sphere, in, options); }, parts);
    return both ? fails_with([&] { minimize(sphere, in, options); }, parts) : both;
  };
  EXPECT_TRUE(refused(box, {.calls = 0}, {"number of calls", "got 0"}));
  EXPECT_TRUE(refused(box, {.initial_points = 0}, {"at least 1 initial point, got 0"}));
  EXPECT_TRUE(refused(box, {.candidates = 0}, {"at least 1 candidate, got 0"}));
  EXPECT_TRUE(refused(box, {.local_share = 1.5}, {"share of neighbours", "got 1.5"}));
  EXPECT_TRUE(refused(box, {.local_share = kNan}, {"share of neighbours"}));
  EXPECT_TRUE(refused(box, {.acquisition = {.beta = -1}}, {"beta", "got -1"}));
  EXPECT_TRUE(refused(box, {.acquisition = {.xi = kNan}}, {"xi"}));
  EXPECT_TRUE(refused(box, {.calls = 1, .first_points = {{0, 0}, {1, 1}}}, {"2 first points", "only 1 calls"}));
  EXPECT_TRUE(refused(box, {.first_points = {{0}}}, {"has 1 coordinates, the box 2"}));
  EXPECT_TRUE(refused(box, {.first_points = {{0, 2}}}, {"coordinate 1", "is 2, outside the box's 0 to 1"}));
  EXPECT_TRUE(refused(box, {.first_points = {{0, kNan}}}, {"outside the box"}));
  EXPECT_TRUE(refused({}, {}, {"at least one, got 0 and 0"}));
  EXPECT_TRUE(refused({{0, 1}, {1}}, {}, {"got 2 and 1"}));
  EXPECT_TRUE(refused({{0, 2}, {1, 1}}, {}, {"dimension 1", "got 2 and 1"}));
  EXPECT_TRUE(refused({{0, kNan}, {1, 1}}, {}, {"dimension 1"}));
  EXPECT_TRUE(refused({{0}, {kInfinity}}, {}, {"must be finite"}));
  EXPECT_TRUE(fails_with([&] { minimize(sphere, box, {.calls = 9000}); }, {"at most 8192 calls, got 9000"}));
  EXPECT_EQ(random_search(sphere, box, {.calls = 9000}).values.size(), 9000U);
}

TEST(Candidates, TheFastChoiceIsTheSimpleOne) {
  std::mt19937_64 random(8);
  const auto unit = [&] { return static_cast<double>(random() >> 40) / 16777216.0; };
  for (const std::size_t dimensions : {1, 3, 40}) {
    for (const std::int64_t count : {1, 3, 511, 512, 513, 1500}) {
      const Box box = cube(dimensions, -0.3, 0.4);
      std::vector<float> rows;
      std::vector<double> y;
      for (int i = 0; i < 30; ++i) {
        for (std::size_t j = 0; j < dimensions; ++j) rows.push_back(static_cast<float>(box.at(j, unit())));
        y.push_back(unit());
      }
      QuantileSurrogate surrogate;
      for (std::size_t q = 0; q < 3; ++q) {
        // Trees of depth 3, 2 and 0.
        surrogate[q] = fit_boosted_trees({rows, dimensions}, y,
                                         {.loss = BoostingOptions::Loss::quantile,
                                          .quantile = 0.2 + 0.3 * static_cast<double>(q),
                                          .trees = 20,
                                          .tree = {.max_depth = std::array{3, 2, 0}[q]}});
      }
      const Candidates candidates(box, count, {random(), 1, 2});
      for (const Kind kind : {Kind::lower_confidence_bound, Kind::expected_improvement}) {
        const auto fast = candidates.choose(surrogate, {.kind = kind}, 0.4);
        const auto simple = candidates.choose_simply(surrogate, {.kind = kind}, 0.4);
        EXPECT_EQ(fast.candidate, simple.candidate) << dimensions << " dimensions, " << count << " candidates";
        EXPECT_EQ(fast.flat, simple.flat);
      }
    }
  }
}

TEST(Candidates, AreRefusedWhereTheyMakeNoSense) {
  EXPECT_TRUE(fails_with([] { Candidates(cube(1, 0, 1), 0, {}); }, {"must lie in [1, 2^31), got 0"}));
  const Candidates candidates(cube(1, 0, 1), 5, {});
  EXPECT_TRUE(fails_with([&] { static_cast<void>(candidates.point(5)); }, {"there are 5, got the number 5"}));
  const std::vector<float> rows = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17};
  const std::vector<double> y = {1, 5, 2, 8, 3, 0, 4, 7, 3, 6, 1, 9, 2, 6, 4, 8, 0};
  QuantileSurrogate deep;
  deep[1] = fit_boosted_trees({rows, 1}, y, {.tree = {.max_depth = 4}});
  EXPECT_TRUE(fails_with([&] { static_cast<void>(candidates.choose(deep, {}, 0.0)); }, {"depth at most 3"}));
}

TEST(AcquisitionValues, AreThoseOfTheFormulas) {
  const Acquisition bound{.beta = 2.0};
  EXPECT_EQ(bound(1.0, 0.25, 0.0), 0.5);
  EXPECT_EQ(bound(1.0, -0.25, 0.0), 1.5);
  const Acquisition improvement{.kind = Kind::expected_improvement, .xi = 0.0};
  EXPECT_TRUE(close(improvement(0.0, 1.0, 0.0), -0.3989422804014327, 1e-14));  // -phi(0)
  EXPECT_TRUE(close(improvement(0.0, 1.0, 1.0), -1.0833154705876864, 1e-12));  // -(Phi(1) + phi(1))
  EXPECT_EQ(improvement(-5.0, 0.0, 1.0), 0.0);
  EXPECT_EQ(improvement(-5.0, -1.0, 1.0), 0.0);
}

}  // namespace
}  // namespace posthoc::optim
