#include "fairness/resampling.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "fairness/binomial.h"

namespace posthoc::fairness {
namespace {

constexpr std::size_t kCellsOfGroup = 4;  // (label, decision)

// Strata that a group is cut into, or 0 if all groups are one stratum.
std::size_t strata_of_group(Strata strata) {
  switch (strata) {
    case Strata::none:
      return 0;
    case Strata::group:
      return 1;
    case Strata::group_and_label:
      return 2;
  }
  fail("resampling: unknown strata");
}

}  // namespace

std::string_view to_string(Strata strata) {
  if (strata == Strata::none) return "none";
  return strata == Strata::group ? "group" : "group-and-label";
}

Strata parse_strata(std::string_view name) {
  for (const Strata strata : {Strata::group, Strata::group_and_label, Strata::none}) {
    if (name == to_string(strata)) return strata;
  }
  fail("unknown strata '{}'; known are group, group-and-label, none", name);
}

CellResampler::CellResampler(std::vector<double> counts, Strata strata, int groups) : counts_(std::move(counts)) {
  const auto parts = static_cast<std::size_t>(groups) * 2;
  require(groups >= 2 && !counts_.empty() && counts_.size() % parts == 0,
          "resampling: expected cells of every group and label, got {} cells for {} groups", counts_.size(), groups);
  const std::size_t of_label = counts_.size() / parts;
  for (std::size_t begin = 0; begin < counts_.size(); begin += of_label) {
    double rows = 0;
    for (std::size_t cell = begin; cell < begin + of_label; ++cell) {
      require(std::isfinite(counts_[cell]) && counts_[cell] >= 0,
              "resampling: a count of group {} is {}; expected a finite number of at least 0", begin / of_label / 2,
              counts_[cell]);
      rows += counts_[cell];
    }
    require(std::abs(rows - std::round(rows)) <= 1e-6 * std::max(1.0, rows) && rows < 0x1p53,
            "resampling: group {} has {} rows with label {}; expected a whole number", begin / of_label / 2, rows,
            begin / of_label % 2);
  }
  const std::size_t strata_count = std::max<std::size_t>(1, strata_of_group(strata) * static_cast<std::size_t>(groups));
  stratum_cells_ = counts_.size() / strata_count;

  from_here_on_ = counts_;
  for (std::size_t cell = counts_.size() - 1; cell-- > 0;) {
    if (stratum_of(cell) == stratum_of(cell + 1)) from_here_on_[cell] += from_here_on_[cell + 1];
  }
}

void CellResampler::draw(const RandomStream& stream, std::span<double> resample) const {
  std::int64_t rows = 0;  // of the stratum, not drawn yet
  for (std::size_t cell = 0; cell < counts_.size(); ++cell) {
    if (cell % stratum_cells_ == 0) rows = std::llround(from_here_on_[cell]);
    resample[cell] = 0;
    if (counts_[cell] == 0 || rows == 0) continue;
    // The multinomial draw, cell after cell: binomial given the cells before. The last cell's probability is 1.
    UniformDraws draws(stream, std::uint64_t{cell} << 32);
    const std::int64_t drawn = draw_binomial(rows, counts_[cell] / from_here_on_[cell], draws);
    resample[cell] = static_cast<double>(drawn);
    rows -= drawn;
  }
}

std::vector<double> cells_of(const GroupCounts& counts) {
  std::vector<double> cells;
  for (int group = 0; group < counts.groups(); ++group) {
    const CellCounts& of = counts[group];
    cells.insert(cells.end(), {of.tn, of.fp, of.fn, of.tp});
  }
  return cells;
}

GroupCounts counts_of_cells(std::span<const double> cells, int groups) {
  GroupCounts counts(groups);
  for (int group = 0; group < groups; ++group) {
    const auto of = cells.subspan(static_cast<std::size_t>(group) * kCellsOfGroup, kCellsOfGroup);
    counts.add(group, {.tp = of[3], .fp = of[1], .tn = of[0], .fn = of[2]});
  }
  return counts;
}

RowResampler::RowResampler(std::span<const std::uint8_t> labels, std::span<const std::int32_t> groups, Strata strata) {
  const std::size_t of_group = strata_of_group(strata);
  const auto stratum_of = [&](std::size_t row) -> std::size_t {
    const auto group = static_cast<std::size_t>(groups[row]);
    return of_group == 0 ? 0 : of_group == 1 ? group : 2 * group + labels[row];
  };
  begins_.assign(std::max<std::size_t>(1, of_group * static_cast<std::size_t>(group_count(groups))) + 1, 0);
  for (std::size_t row = 0; row < labels.size(); ++row) ++begins_[stratum_of(row) + 1];
  for (std::size_t i = 1; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
  std::vector<std::size_t> next(begins_);
  rows_.resize(labels.size());
  for (std::size_t row = 0; row < labels.size(); ++row) rows_[next[stratum_of(row)]++] = row;
}

void RowResampler::draw(const RandomStream& stream, std::span<std::uint32_t> weights) const {
  std::fill(weights.begin(), weights.end(), 0U);
  UniformDraws draws(stream, 0);
  for (std::size_t index = 0; index < strata(); ++index) {
    const std::span<const std::size_t> rows = stratum(index);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ++weights[rows[below(draws.bits(), rows.size())]];
    }
  }
}

}  // namespace posthoc::fairness
