#include "fairness/equalized_odds.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"

namespace posthoc::fairness {
namespace {

__extension__ using Int128 = __int128;

constexpr std::size_t kUnknowns = 4;  // sp2p, sn2p, op2p, on2p

using Coefficients = std::array<Int128, kUnknowns>;

// A point of the program: numerators over one denominator, which is above 0.
struct Point {
  Coefficients numerators;
  Int128 denominator;

  friend bool operator==(const Point&, const Point&) = default;
};

// The same point in lowest terms: equal points then have equal numbers.
Point reduced(Point point) {
  Int128 divisor = point.denominator;
  for (Int128 rest : point.numerators) {
    while (rest != 0) rest = std::exchange(divisor, rest) % rest;
  }
  for (Int128& numerator : point.numerators) numerator /= divisor;
  point.denominator /= divisor;
  return point;
}

// The program's two equations, left side minus right side, times P_s P_o and N_s N_o: whole numbers.
struct Equations {
  Coefficients tpr;
  Coefficients fpr;
};

Int128 whole(double count) { return static_cast<Int128>(count); }

Equations equations_of(const GroupCounts& counts) {
  const CellCounts& s = counts[kPrivileged];
  const CellCounts& o = counts[kUnprivileged];
  const Int128 ps = whole(s.positives());
  const Int128 po = whole(o.positives());
  const Int128 ns = whole(s.negatives());
  const Int128 no = whole(o.negatives());
  return {{whole(s.tp) * po, whole(s.fn) * po, -whole(o.tp) * ps, -whole(o.fn) * ps},
          {whole(s.fp) * no, whole(s.tn) * no, -whole(o.fp) * ns, -whole(o.tn) * ns}};
}

// Vertices of equations that are solved for two unknowns (i, j), the other two at a bound: a basis each.
void add_points_of_pair(const Equations& equations, std::size_t i, std::size_t j, std::vector<Point>& points) {
  const auto& [a, b] = equations;
  const Int128 determinant = a[i] * b[j] - a[j] * b[i];
  if (determinant == 0) return;
  const Int128 sign = determinant < 0 ? -1 : 1;
  for (unsigned bounds = 0; bounds < 4; ++bounds) {
    Point point{{}, sign * determinant};
    Int128 right_a = 0;
    Int128 right_b = 0;
    unsigned bit = bounds;
    for (std::size_t k = 0; k < kUnknowns; ++k) {
      if (k == i || k == j) continue;
      if ((bit & 1U) != 0) {
        point.numerators[k] = point.denominator;
        right_a -= a[k];
        right_b -= b[k];
      }
      bit >>= 1U;
    }
    point.numerators[i] = sign * (right_a * b[j] - a[j] * right_b);  // Cramer's rule
    point.numerators[j] = sign * (a[i] * right_b - right_a * b[i]);
    points.push_back(point);
  }
}

// The same where the two equations say the same, so that one unknown is solved for and three are at a bound.
void add_points_of_one(const Coefficients& equation, std::size_t i, std::vector<Point>& points) {
  if (equation[i] == 0) return;
  const Int128 sign = equation[i] < 0 ? -1 : 1;
  for (unsigned bounds = 0; bounds < 8; ++bounds) {
    Point point{{}, sign * equation[i]};
    unsigned bit = bounds;
    for (std::size_t k = 0; k < kUnknowns; ++k) {
      if (k == i) continue;
      if ((bit & 1U) != 0) {
        point.numerators[k] = point.denominator;
        point.numerators[i] -= sign * equation[k];
      }
      bit >>= 1U;
    }
    points.push_back(point);
  }
}

bool within_bounds(const Point& point) {
  return std::all_of(point.numerators.begin(), point.numerators.end(),
                     [&](Int128 numerator) { return numerator >= 0 && numerator <= point.denominator; });
}

// Every vertex once.
std::vector<Point> vertices_of(const Equations& equations) {
  std::vector<Point> candidates;
  for (std::size_t i = 0; i < kUnknowns; ++i) {
    for (std::size_t j = i + 1; j < kUnknowns; ++j) add_points_of_pair(equations, i, j, candidates);
  }
  if (candidates.empty()) {  // no pair has a determinant: in both groups TPR = FPR
    for (std::size_t i = 0; i < kUnknowns; ++i) add_points_of_one(equations.tpr, i, candidates);
  }
  std::vector<Point> vertices;
  for (const Point& candidate : candidates) {
    if (!within_bounds(candidate)) continue;
    const Point vertex = reduced(candidate);
    if (std::find(vertices.begin(), vertices.end(), vertex) == vertices.end()) vertices.push_back(vertex);
  }
  return vertices;
}

// TPR - FPR of a group, times P N.
Int128 informedness(const CellCounts& cells) {
  return whole(cells.tp) * whole(cells.negatives()) - whole(cells.fp) * whole(cells.positives());
}

EqualizedOddsVertex rounded(const Point& point, double privileged_informedness) {
  const auto fraction = [&](Int128 numerator) {
    return static_cast<double>(numerator) / static_cast<double>(point.denominator);
  };
  const auto& x = point.numerators;
  // On the feasible set both groups add FPR - TPR = (TPR_s - FPR_s) (sn2p - sp2p). 0 is added to make of -0 a 0.
  const double objective = 2 * privileged_informedness * fraction(x[1] - x[0]) + 0.0;
  return {{fraction(x[0]), fraction(x[1]), fraction(x[2]), fraction(x[3])}, objective};
}

std::array<double, kUnknowns> unknowns(const EqualizedOddsVertex& vertex) {
  const auto& [sp2p, sn2p, op2p, on2p] = vertex.probabilities;
  return {sp2p, sn2p, op2p, on2p};
}

void require_cells(const CellCounts& cells, int group) {
  for (const double count : {cells.tp, cells.fp, cells.tn, cells.fn}) {
    require(count >= 0 && count == std::floor(count),
            "equalized odds: expected whole numbers of decisions, got {} in group {}", count, group);
  }
  require(cells.n() <= kMaxEqualizedOddsRows,
          "equalized odds: group {} has {} rows, more than the {} that are possible", group, cells.n(),
          kMaxEqualizedOddsRows);
  require(cells.positives() > 0, "equalized odds: group {} has no favourable labels, so it has no TPR to make equal",
          group);
  require(cells.negatives() > 0, "equalized odds: group {} has no unfavourable labels, so it has no FPR to make equal",
          group);
}

}  // namespace

EqualizedOddsProgram solve_equalized_odds(const GroupCounts& counts) {
  require(counts.groups() == 2,
          "equalized odds: the method is for two groups, unprivileged (0) and privileged (1), and there are {}",
          counts.groups());
  require_cells(counts[kUnprivileged], kUnprivileged);
  require_cells(counts[kPrivileged], kPrivileged);
  const CellCounts& s = counts[kPrivileged];
  const Int128 s_informedness = informedness(s);
  const Int128 o_informedness = informedness(counts[kUnprivileged]);

  EqualizedOddsProgram program;
  const double privileged_informedness = static_cast<double>(s_informedness) / (s.positives() * s.negatives());
  for (const Point& point : vertices_of(equations_of(counts))) {
    program.vertices.push_back(rounded(point, privileged_informedness));
  }
  std::sort(program.vertices.begin(), program.vertices.end(), [](const auto& a, const auto& b) {
    return a.objective != b.objective ? a.objective < b.objective : unknowns(a) < unknowns(b);
  });
  if (s_informedness == 0 || o_informedness == 0) {
    program.degenerate = o_informedness == 0 ? kUnprivileged : kPrivileged;
    program.unique = false;
    const double constant = counts.total().positives() >= counts.total().negatives() ? 1.0 : 0.0;
    program.best = {{constant, constant, constant, constant}, 0.0};
  } else {
    // The (FPR, TPR) that a group reaches are a parallelogram with the corners (0, 0) and (1, 1). Two of them meet in a
    // parallelogram with these corners, which have the objective 0, one corner with TPR > FPR, the optimum, and its
    // reflection. Rounding keeps the three objectives apart, for they have different signs.
    program.best = program.vertices[0];
    program.gap = program.vertices[1].objective - program.vertices[0].objective;
  }
  const MixingProbabilities& best = program.best.probabilities;
  program.tpr = (s.tp * best.sp2p + s.fn * best.sn2p) / s.positives();
  program.fpr = (s.fp * best.sp2p + s.tn * best.sn2p) / s.negatives();
  return program;
}

}  // namespace posthoc::fairness
