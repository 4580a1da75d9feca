// Searches over sorted scores: the exact threshold on up to 10^7 scores, the reject option on the shapes of the
// published data sets. A search pays for sorting each time, as a method does for each network.

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <memory>
#include <numeric>

#include "fairness/bounded_search.h"
#include "fairness/bruteforce.h"
#include "fairness/reject_option.h"
#include "fairness/score_order.h"
#include "fairness/threshold.h"
#include "tasks.h"
#include "verified.h"

namespace posthoc::bench {
namespace {

// The exact search in a simple form: rows sorted by comparison, and the objective asked after each run of equal scores.
double least_objective(const fairness::Outcomes& rows) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rows.scores[a] < rows.scores[b]; });
  const fairness::BoundObjective phi(objective(), rows);
  fairness::GroupCounts counts = fairness::count(rows, -1.0);  // everybody is selected
  double least = phi(counts);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool favourable = rows.labels[order[i]] == 1;
    counts.add(rows.groups[order[i]],
               favourable ? fairness::CellCounts{.tp = -1, .fn = 1} : fairness::CellCounts{.fp = -1, .tn = 1});
    if (i + 1 == order.size() || rows.scores[order[i]] != rows.scores[order[i + 1]])
      least = std::min(least, phi(counts));
  }
  return least;
}

// A search of the rows, which must find the least objective, and a threshold that has it.
Row search_row(const std::shared_ptr<const ScoredRows>& rows,
               const std::function<fairness::ThresholdResult()>& search) {
  return {[=] {
            const fairness::ThresholdResult best = search();
            const fairness::Outcomes outcomes = rows->outcomes();
            const std::string wrong = difference("the objective", best.objective, least_objective(outcomes), 0.0);
            if (!wrong.empty()) return wrong;
            const double evaluated = fairness::evaluate(objective(), outcomes, best.threshold);
            return difference("its threshold's", evaluated, best.objective, 0.0);
          },
          [=] { benchmark::DoNotOptimize(search().threshold); }};
}

// As who searches again and again does it, in the memory of the last search.
Row threshold(std::int64_t n) {
  const auto rows = std::make_shared<const ScoredRows>(network_scores(n));
  const auto search = std::make_shared<fairness::BoundedSearch>(objective(), rows->labels, rows->groups);
  return search_row(rows, [=] { return search->find(rows->scores); });
}

// The same for an objective of any measures: all scores sorted and swept.
Row threshold_sorted(std::int64_t n) {
  const auto rows = std::make_shared<const ScoredRows>(network_scores(n));
  const auto sweep = std::make_shared<fairness::ScoreSweep>(rows->outcomes());
  const auto buffers = std::make_shared<fairness::SortBuffers>();
  return search_row(rows, [=] {
    sweep->assign(rows->outcomes(), *buffers);
    return sweep->find(objective());
  });
}

Row threshold_once(std::int64_t n) {
  const auto rows = std::make_shared<const ScoredRows>(network_scores(n));
  return search_row(rows, [=] { return fairness::find_threshold(rows->outcomes(), objective()); });
}

// What a search that sorts cannot go below.
Row sort(std::int64_t n) {
  auto rows = std::make_shared<ScoredRows>(network_scores(n));
  auto into = std::make_shared<ScoredRows>(*rows);
  auto buffers = std::make_shared<fairness::SortBuffers>();
  const auto run = [=] {
    fairness::sort_by_score(rows->outcomes(), into->scores, into->labels, into->groups, *buffers);
  };
  return {[=] {
            run();
            std::vector<double> sorted = rows->scores;
            std::sort(sorted.begin(), sorted.end());
            return std::string(sorted == into->scores ? "" : "the scores are not in order");
          },
          run};
}

const fairness::RejectOptionGoal& goal() {
  static const fairness::RejectOptionGoal spd = fairness::make_reject_option_goal("spd");
  return spd;
}

fairness::Outcomes first(const fairness::Outcomes& rows, std::size_t n) {
  return {rows.scores.first(n), rows.labels.first(n), rows.groups.first(n)};
}

Row reject_option_on_grid(const Shape& shape) {
  auto task = std::make_shared<Task>(shape);
  const auto run = [=] { return fairness::RejectOptionSweep(task->rows.outcomes()).find_on_grid(goal()); };
  return {[=] {
            const auto simple = fairness::find_reject_option_on_grid_bruteforce(task->rows.outcomes(), goal());
            const auto index = static_cast<double>(run().grid_index);
            return difference("the point of the grid", index, static_cast<double>(simple.grid_index), 0.0);
          },
          [=] { benchmark::DoNotOptimize(run().grid_index); }};
}

// All pairs of thresholds of all rows are too many to try one by one, those of some rows are not.
Row reject_option_exact(const Shape& shape) {
  auto task = std::make_shared<Task>(shape);
  return {[=] {
            const fairness::Outcomes some = first(task->rows.outcomes(), 150);
            const auto simple = fairness::find_reject_option_bruteforce(some, goal());
            const auto exact = fairness::RejectOptionSweep(some).find_exact(goal());
            for (const auto& [a, b] : {std::pair(exact.lower, simple.lower), std::pair(exact.upper, simple.upper)}) {
              const std::string wrong = difference("a threshold for 150 rows", a, b, 0.0);
              if (!wrong.empty()) return wrong;
            }
            const fairness::RejectOptionSweep sweep(task->rows.outcomes());
            const double all_pairs = sweep.find_exact(goal()).performance.number();
            const double on_grid = sweep.find_on_grid(goal()).performance.number();
            return all_pairs >= on_grid ? "" : fmt::format("{} is worse than the grid's {}", all_pairs, on_grid);
          },
          [=] {
            const fairness::RejectOptionSweep sweep(task->rows.outcomes());
            benchmark::DoNotOptimize(sweep.find_exact(goal()).lower);
          }};
}

void add_threshold_rows(const char* on, std::int64_t n, Size size) {
  const auto scores = static_cast<double>(n);
  add_row({.row = 3, .what = "threshold", .on = on, .items = scores, .item = "score", .size = size},
          [=] { return threshold(n); });
  add_row({.what = "threshold, all sorted", .on = on, .items = scores, .item = "score", .size = size},
          [=] { return threshold_sorted(n); });
  add_row({.what = "threshold, new memory", .on = on, .items = scores, .item = "score", .size = size},
          [=] { return threshold_once(n); });
  add_row({.what = "sort alone", .on = on, .items = scores, .item = "score", .size = size}, [=] { return sort(n); });
}

void add_rows(const Shape& shape) {
  const std::string on(shape.name);
  const auto n = static_cast<double>(shape.rows);
  add_row({.row = 4, .what = "reject option, grid", .on = on, .items = n, .item = "score"},
          [=] { return reject_option_on_grid(shape); });
  add_row({.row = 4, .what = "reject option, exact", .on = on, .items = n, .item = "score"},
          [=] { return reject_option_exact(shape); });
}

}  // namespace
}  // namespace posthoc::bench

int main(int argc, char** argv) {
  using namespace posthoc::bench;
  add_threshold_rows("10^4 scores", 10'000, Size::smoke);
  add_threshold_rows("10^5 scores", 100'000, Size::smoke);
  add_threshold_rows("10^6 scores", 1'000'000, Size::quick);
  add_threshold_rows("10^7 scores", 10'000'000, Size::full);
  for (const Shape& shape : kShapes) add_rows(shape);
  return run(argc, argv);
}
