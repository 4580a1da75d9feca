#include "fairness/equalized_odds.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

#include "support/close.h"
#include "support/expect_error.h"
#include "support/json_file.h"

namespace posthoc::fairness {
namespace {

using nlohmann::json;
using testing::close;
using testing::fails_with;

GroupCounts counts_of(const CellCounts& unprivileged, const CellCounts& privileged) {
  GroupCounts counts(2);
  counts.add(0, unprivileged);
  counts.add(1, privileged);
  return counts;
}

std::array<double, 4> unknowns(const MixingProbabilities& p) { return {p.sp2p, p.sn2p, p.op2p, p.on2p}; }

struct Rates {
  double tpr;
  double fpr;
};

Rates mixed(const CellCounts& cells, double p2p, double n2p) {
  return {(cells.tp * p2p + cells.fn * n2p) / cells.positives(), (cells.fp * p2p + cells.tn * n2p) / cells.negatives()};
}

// The objective as it is defined.
double objective_of(const GroupCounts& counts, const std::array<double, 4>& x) {
  const Rates s = mixed(counts[1], x[0], x[1]);
  const Rates o = mixed(counts[0], x[2], x[3]);
  return s.fpr - s.tpr + o.fpr - o.tpr;
}

void expect_feasible(const GroupCounts& counts, const MixingProbabilities& p) {
  const std::array<double, 4> x = unknowns(p);
  for (const double probability : x) {
    EXPECT_GE(probability, 0.0);
    EXPECT_LE(probability, 1.0);
  }
  const Rates s = mixed(counts[1], x[0], x[1]);
  const Rates o = mixed(counts[0], x[2], x[3]);
  EXPECT_TRUE(close(s.tpr, o.tpr, 0, 1e-12));
  EXPECT_TRUE(close(s.fpr, o.fpr, 0, 1e-12));
}

// What holds of every solution.
void expect_sound(const GroupCounts& counts, const EqualizedOddsProgram& program) {
  expect_feasible(counts, program.best.probabilities);
  EXPECT_TRUE(close(program.best.objective, objective_of(counts, unknowns(program.best.probabilities)), 0, 1e-12));
  const Rates s = mixed(counts[1], program.best.probabilities.sp2p, program.best.probabilities.sn2p);
  EXPECT_TRUE(close(program.tpr, s.tpr, 0, 1e-15));
  EXPECT_TRUE(close(program.fpr, s.fpr, 0, 1e-15));
  ASSERT_GE(program.vertices.size(), 2U);
  EXPECT_EQ(program.best.objective, program.vertices[0].objective);
  EXPECT_EQ(program.gap, program.vertices[1].objective - program.vertices[0].objective);
  EXPECT_EQ(program.unique, program.degenerate == -1);

  const auto contains = [&](const std::array<double, 4>& x, double tolerance) {
    return std::any_of(program.vertices.begin(), program.vertices.end(), [&](const EqualizedOddsVertex& vertex) {
      const std::array<double, 4> y = unknowns(vertex.probabilities);
      return std::equal(x.begin(), x.end(), y.begin(),
                        [&](double a, double b) { return std::abs(a - b) <= tolerance; });
    });
  };
  EXPECT_TRUE(contains({0, 0, 0, 0}, 0));
  EXPECT_TRUE(contains({1, 1, 1, 1}, 0));
  for (std::size_t i = 0; i < program.vertices.size(); ++i) {
    const EqualizedOddsVertex& vertex = program.vertices[i];
    const std::array<double, 4> x = unknowns(vertex.probabilities);
    expect_feasible(counts, vertex.probabilities);
    EXPECT_TRUE(close(vertex.objective, objective_of(counts, x), 0, 1e-12));
    EXPECT_LE(std::count_if(x.begin(), x.end(), [](double p) { return p > 0 && p < 1; }), 2);
    EXPECT_TRUE(contains({1 - x[0], 1 - x[1], 1 - x[2], 1 - x[3]}, 1e-12));  // the program is symmetric
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_LE(program.vertices[j].objective, vertex.objective + 1e-15);
      EXPECT_NE(unknowns(program.vertices[j].probabilities), x);
    }
  }
}

struct Corner {
  long double x;  // FPR
  long double y;  // TPR
};

// The (FPR, TPR) that a group can reach: a parallelogram, counter-clockwise.
std::vector<Corner> reachable(const CellCounts& cells) {
  const long double fpr = static_cast<long double>(cells.fp) / static_cast<long double>(cells.negatives());
  const long double tpr = static_cast<long double>(cells.tp) / static_cast<long double>(cells.positives());
  std::vector<Corner> corners = {{0, 0}, {fpr, tpr}, {1, 1}, {1 - fpr, 1 - tpr}};
  if (tpr > fpr) std::swap(corners[1], corners[3]);
  return corners;
}

// The least 2 (FPR - TPR) in both parallelograms, by cutting one with the other's sides.
double best_by_clipping(const GroupCounts& counts) {
  std::vector<Corner> region = reachable(counts[0]);
  const std::vector<Corner> other = reachable(counts[1]);
  for (std::size_t side = 0; side < other.size(); ++side) {
    const Corner& from = other[side];
    const Corner& to = other[(side + 1) % other.size()];
    const auto left_of = [&](const Corner& p) {
      return (to.x - from.x) * (p.y - from.y) - (to.y - from.y) * (p.x - from.x);
    };
    std::vector<Corner> kept;
    for (std::size_t i = 0; i < region.size(); ++i) {
      const Corner& a = region[i];
      const Corner& b = region[(i + 1) % region.size()];
      const long double of_a = left_of(a);
      const long double of_b = left_of(b);
      if (of_a >= 0) kept.push_back(a);
      if ((of_a > 0 && of_b < 0) || (of_a < 0 && of_b > 0)) {
        const long double t = of_a / (of_a - of_b);
        kept.push_back({a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
      }
    }
    region = kept;
  }
  long double best = std::numeric_limits<long double>::infinity();
  for (const Corner& corner : region) best = std::min(best, 2 * (corner.x - corner.y));
  return static_cast<double>(best);
}

// No point of a grid over the privileged group's probabilities is better; where the other group's follow from them.
void expect_no_better_on_grid(const GroupCounts& counts, double best) {
  const CellCounts& o = counts[0];
  const double determinant = o.tp / o.positives() * o.tn / o.negatives() - o.fn / o.positives() * o.fp / o.negatives();
  if (determinant == 0) return;
  constexpr int kSteps = 16;
  for (int i = 0; i <= kSteps; ++i) {
    for (int j = 0; j <= kSteps; ++j) {
      const Rates s = mixed(counts[1], i / double{kSteps}, j / double{kSteps});
      const double op2p = (s.tpr * o.tn / o.negatives() - s.fpr * o.fn / o.positives()) / determinant;
      const double on2p = (s.fpr * o.tp / o.positives() - s.tpr * o.fp / o.negatives()) / determinant;
      if (op2p < 0 || op2p > 1 || on2p < 0 || on2p > 1) continue;
      EXPECT_GE(2 * (s.fpr - s.tpr), best - 1e-12);
    }
  }
}

CellCounts random_cells(std::mt19937_64& random, std::uint64_t most) {
  while (true) {
    const auto draw = [&] { return static_cast<double>(random() % (most + 1)); };
    const CellCounts cells{.tp = draw(), .fp = draw(), .tn = draw(), .fn = draw()};
    if (cells.positives() > 0 && cells.negatives() > 0) return cells;
  }
}

TEST(EqualizedOddsProgram, AgreesWithOtherWaysOfSolvingItOnRandomCounts) {
  std::mt19937_64 random(23);
  int degenerate = 0;
  for (const std::uint64_t most : {1U, 2U, 3U, 6U, 50U, 100'000'000U}) {
    for (int trial = 0; trial < 300; ++trial) {
      const GroupCounts counts = counts_of(random_cells(random, most), random_cells(random, most));
      SCOPED_TRACE(::testing::Message() << "up to " << most << ", trial " << trial);
      const EqualizedOddsProgram program = solve_equalized_odds(counts);
      expect_sound(counts, program);
      EXPECT_TRUE(close(program.best.objective, best_by_clipping(counts), 0, 1e-12));
      expect_no_better_on_grid(counts, program.best.objective);
      if (program.degenerate >= 0) {
        ++degenerate;
        EXPECT_EQ(program.best.objective, 0.0);
        EXPECT_EQ(program.gap, 0.0);
      } else {
        EXPECT_LT(program.best.objective, 0.0);
        EXPECT_EQ(program.gap, -program.best.objective);
        EXPECT_EQ(program.vertices.size(), 4U);
      }
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(degenerate, 200);
}

TEST(EqualizedOddsProgram, TurnsRoundWithTheGroups) {
  std::mt19937_64 random(4);
  for (int trial = 0; trial < 100; ++trial) {
    const CellCounts a = random_cells(random, 9);
    const CellCounts b = random_cells(random, 9);
    const EqualizedOddsProgram one = solve_equalized_odds(counts_of(a, b));
    const EqualizedOddsProgram other = solve_equalized_odds(counts_of(b, a));
    EXPECT_TRUE(close(one.best.objective, other.best.objective, 1e-14));
    EXPECT_TRUE(close(one.best.probabilities.sp2p, other.best.probabilities.op2p, 1e-14));
    EXPECT_TRUE(close(one.best.probabilities.on2p, other.best.probabilities.sn2p, 1e-14));
    EXPECT_EQ(one.vertices.size(), other.vertices.size());
    EXPECT_EQ(one.unique, other.unique);
  }
}

TEST(EqualizedOddsProgram, LeavesDecisionsThatAreFairAlready) {
  const CellCounts cells{.tp = 3, .fp = 1, .tn = 7, .fn = 2};
  const EqualizedOddsProgram same = solve_equalized_odds(counts_of(cells, cells));
  EXPECT_EQ(unknowns(same.best.probabilities), (std::array<double, 4>{1, 0, 1, 0}));
  // The labels themselves: AIF360 gives (1, 0, 1, 0) too.
  const EqualizedOddsProgram right = solve_equalized_odds(counts_of({.tp = 3, .tn = 7}, {.tp = 9, .tn = 2}));
  EXPECT_EQ(unknowns(right.best.probabilities), (std::array<double, 4>{1, 0, 1, 0}));
  EXPECT_EQ(right.best.objective, -2.0);
}

// Worked out by hand: the privileged can reach (FPR, TPR) between (0, 0), (1/2, 1) and (1, 1), the others between (0,
// 0), (0, 1/2) and (1, 1). The upper sides TPR = 2 FPR and TPR = 1/2 + FPR/2 meet in (1/3, 2/3).
TEST(EqualizedOddsProgram, MeetsAnExampleByHand) {
  const EqualizedOddsProgram program =
      solve_equalized_odds(counts_of({.tp = 2, .fp = 0, .tn = 4, .fn = 2}, {.tp = 4, .fp = 2, .tn = 2, .fn = 0}));
  EXPECT_TRUE(close(program.tpr, 2.0 / 3, 1e-15));
  EXPECT_TRUE(close(program.fpr, 1.0 / 3, 1e-15));
  EXPECT_TRUE(close(program.best.probabilities.sp2p, 2.0 / 3, 1e-15));
  EXPECT_EQ(program.best.probabilities.sn2p, 0.0);
  EXPECT_EQ(program.best.probabilities.op2p, 1.0);
  EXPECT_TRUE(close(program.best.probabilities.on2p, 1.0 / 3, 1e-15));
  EXPECT_TRUE(close(program.best.objective, -2.0 / 3, 1e-15));
}

TEST(EqualizedOddsProgram, ADegenerateOneGivesTheConstantDecisionForTheMoreFrequentLabel) {
  const CellCounts useful{.tp = 3, .fp = 1, .tn = 7, .fn = 2};
  const CellCounts useless{.tp = 2, .fp = 4, .tn = 2, .fn = 1};  // TPR = FPR = 2/3
  const CellCounts everybody{.tp = 8, .fp = 2};
  for (const auto& [counts, group, constant] :
       {std::tuple{counts_of(useful, useless), 1, 0.0}, std::tuple{counts_of(useless, useful), 0, 0.0},
        std::tuple{counts_of(useless, useless), 0, 0.0}, std::tuple{counts_of(everybody, everybody), 0, 1.0}}) {
    const EqualizedOddsProgram program = solve_equalized_odds(counts);
    expect_sound(counts, program);
    EXPECT_EQ(program.degenerate, group);
    EXPECT_FALSE(program.unique);
    EXPECT_EQ(program.gap, 0.0);
    EXPECT_EQ(unknowns(program.best.probabilities), (std::array<double, 4>{constant, constant, constant, constant}));
  }
}

// TPR and FPR that differ by 5e-10 only, and rows as many as there may be: rounding decides nothing.
TEST(EqualizedOddsProgram, IsExactForTheLargestCounts) {
  const double half = kMaxEqualizedOddsRows / 4;
  const CellCounts barely{.tp = half, .fp = half - 1, .tn = half, .fn = half};
  const CellCounts exactly{.tp = half, .fp = half, .tn = half, .fn = half};
  const CellCounts useful{.tp = 3 * half, .fp = 1, .tn = half - 2, .fn = 1};
  const EqualizedOddsProgram program = solve_equalized_odds(counts_of(useful, barely));
  expect_sound(counts_of(useful, barely), program);
  EXPECT_TRUE(program.unique);
  EXPECT_TRUE(close(program.best.objective, -2 * (0.5 - (half - 1) / (2 * half - 1)), 1e-6));
  EXPECT_EQ(program.best.probabilities.sp2p, 1.0);
  EXPECT_EQ(program.best.probabilities.sn2p, 0.0);
  EXPECT_EQ(solve_equalized_odds(counts_of(useful, exactly)).degenerate, 1);
}

TEST(EqualizedOddsProgram, RefusesWhatHasNoRates) {
  const CellCounts good{.tp = 3, .fp = 1, .tn = 7, .fn = 2};
  const auto refuses = [&](const CellCounts& cells, std::initializer_list<std::string_view> parts) {
    return fails_with([&] { solve_equalized_odds(counts_of(good, cells)); }, parts);
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(refuses({.fp = 1, .tn = 2}, {"group 1", "no favourable labels", "TPR"}));
  EXPECT_TRUE(refuses({.tp = 1, .fn = 2}, {"group 1", "no unfavourable labels", "FPR"}));
  EXPECT_TRUE(refuses({}, {"group 1", "no favourable labels"}));
  EXPECT_TRUE(refuses({.tp = 1.5, .fp = 1, .tn = 2, .fn = 0.5}, {"whole numbers", "1.5"}));
  EXPECT_TRUE(refuses({.tp = -1, .fp = 1, .tn = 2, .fn = 3}, {"-1"}));
  EXPECT_TRUE(refuses({.tp = nan, .fp = 1, .tn = 2, .fn = 3}, {"nan"}));
  EXPECT_TRUE(refuses({.tp = kMaxEqualizedOddsRows, .fp = 1, .tn = 2, .fn = 3}, {"rows", "2147483648"}));
  EXPECT_TRUE(fails_with([] { solve_equalized_odds(GroupCounts(3)); }, {"two groups", "3"}));
}

TEST(EqualizedOddsProgram, MeetsAif360AndSciPy) {
  const json tasks = testing::read_json("tests/golden/post_processing_odds.json").at("tasks");
  ASSERT_EQ(tasks.size(), 8U);
  for (const auto& [task, block] : tasks.items()) {
    SCOPED_TRACE(task);
    const auto cells = [&groups = block.at("groups")](const char* group) {
      const json& c = groups.at(group);
      return CellCounts{.tp = c.at("TP"), .fp = c.at("FP"), .tn = c.at("TN"), .fn = c.at("FN")};
    };
    const GroupCounts counts = counts_of(cells("unprivileged"), cells("privileged"));
    const EqualizedOddsProgram program = solve_equalized_odds(counts);
    expect_sound(counts, program);
    const json& expected = block.at("eq_odds");
    EXPECT_TRUE(close(program.best.objective, expected.at("objective"), 0, 1e-12));
    EXPECT_TRUE(close(program.gap, expected.at("gap_to_second_best_vertex"), 0, 1e-12));
    EXPECT_TRUE(close(program.tpr, expected.at("TPR"), 0, 1e-12));
    EXPECT_TRUE(close(program.fpr, expected.at("FPR"), 0, 1e-12));
    ASSERT_TRUE(program.unique);
    const MixingProbabilities& best = program.best.probabilities;
    EXPECT_TRUE(close(best.sp2p, expected.at("sp2p"), 0, 1e-9));
    EXPECT_TRUE(close(best.sn2p, expected.at("sn2p"), 0, 1e-9));
    EXPECT_TRUE(close(best.op2p, expected.at("op2p"), 0, 1e-9));
    EXPECT_TRUE(close(best.on2p, expected.at("on2p"), 0, 1e-9));

    // The same vertices with the same objectives; the order of equally good ones is rounding's there.
    ASSERT_EQ(program.vertices.size(), expected.at("vertices").size());
    for (const json& vertex : expected.at("vertices")) {
      const std::vector<double> x = vertex.at("x");
      const auto found = std::find_if(program.vertices.begin(), program.vertices.end(), [&](const auto& candidate) {
        const std::array<double, 4> y = unknowns(candidate.probabilities);
        return std::equal(x.begin(), x.end(), y.begin(), [](double a, double b) { return std::abs(a - b) <= 1e-9; });
      });
      ASSERT_NE(found, program.vertices.end()) << vertex;
      EXPECT_TRUE(close(found->objective, vertex.at("objective"), 0, 1e-12));
    }
  }
}

}  // namespace
}  // namespace posthoc::fairness
