#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "fairness/threshold.h"

namespace posthoc::fairness {

/// The exact search for a threshold without sorting all scores, for two groups and one objective, again and again for
/// other scores of the same rows. O(n), and a few nanoseconds a score where `ScoreSweep` takes some twenty.
///
/// Scores are counted in buckets of equal width. Between two borders of buckets each group's rate of decisions lies
/// between its values at the two, so the objective has a lower bound there; ranges of buckets are halved as long as
/// their bound is not above the best cut so far. The few buckets that are left are sorted and swept, by the objective
/// itself. Where the bounds rule out too little (nearly all scores in one bucket, a measure that is undefined), all
/// rows are.
class BoundedSearch {
 public:
  /// Whether bounds are known: for two groups, the bias measures spd, eod, aod, di, fprd and fnrd, and the performance
  /// measures of decisions.
  static bool suits(const Objective& objective, int groups);

  /// Borrows labels and groups. Throws `Error` on bad ones, on a bad objective, or if the search does not suit.
  BoundedSearch(const Objective& objective, std::span<const std::uint8_t> labels, std::span<const std::int32_t> groups);

  /// What `ScoreSweep::find` gives for an exact search, to the last bit. Throws `Error` unless there is a finite score
  /// for each row.
  [[nodiscard]] ThresholdResult find(std::span<const double> scores);

 private:
  static constexpr std::size_t kCells = 4;
  using Cells = std::array<std::uint32_t, kCells>;  // rows by 2 * group + label

  struct Row {
    double score;
    std::uint8_t cell;
  };
  static bool lower_score(const Row& a, const Row& b) { return a.score < b.score; }
  struct Cut {
    double threshold;
    double objective;
    Cells rejected;
  };

  void fill_buckets(std::span<const double> scores);
  bool find_survivors();
  [[nodiscard]] double lower_bound(const Cells& from, const Cells& to, double bound);
  void gather_survivors(std::span<const double> scores);
  [[nodiscard]] Cut sweep_survivors();
  [[nodiscard]] double threshold_after(std::size_t bucket, double score) const;
  [[nodiscard]] ThresholdResult result_of(const Cut& cut);
  [[nodiscard]] double objective_at(const Cells& rejected);
  [[nodiscard]] std::uint32_t size_of(std::size_t bucket) const;
  // The counts where these rows of each group are rejected, and all others selected.
  const GroupCounts& counts_of(const Cells& rejected);

  Outcomes rows_of_;  // without scores
  Objective choice_;
  BoundObjective objective_;
  std::vector<std::uint8_t> cells_;  // of each row
  Cells everybody_{};
  GroupCounts counts_{2};

  std::size_t buckets_ = 0;  // a power of two
  double lowest_ = 0.0;
  std::vector<std::uint16_t> bucket_of_;  // of each row
  std::vector<Cells> below_;              // [bucket]: rows in buckets before it; one more for all
  std::vector<std::uint32_t> survivors_;  // buckets that may hold the best cut, ascending
  std::vector<std::uint32_t> halves_;     // of survivors
  std::vector<std::uint32_t> places_;     // [bucket]: where its next row goes
  std::vector<Row> rows_;                 // of survivors and of the bucket after each, bucket by bucket
  std::optional<ScoreSweep> sweep_;       // for the search of all rows
  SortBuffers buffers_;
};

}  // namespace posthoc::fairness
