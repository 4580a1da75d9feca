#include "cli/small_groups.h"

#include <algorithm>
#include <fmt/core.h>

#include "base/error.h"
#include "tensor/ops.h"

namespace posthoc::cli {

std::optional<LargeGroups> without_small_groups(const Task& task, int smallest) {
  const data::ProtectedAttribute& attribute = task.dataset.attribute(task.dataset.protected_attribute);
  if (attribute.group_names.size() <= 2) return std::nullopt;
  const fairness::GroupColumn column{attribute.name, attribute.group_names, task.valid.part->groups, 1};
  // A first look, with every group that occurs counting, tells whether any is too small.
  std::vector<std::size_t> rows(attribute.group_names.size(), 0);
  for (const std::int32_t group : column.ids) ++rows[static_cast<std::size_t>(group)];

  LargeGroups large;
  std::size_t enough = 0;
  for (std::size_t group = 0; group < rows.size(); ++group) {
    if (rows[group] >= static_cast<std::size_t>(smallest)) {
      ++enough;
      continue;
    }
    const std::string& name = attribute.group_names[group];
    large.left_out.push_back(name);
    large.notes.push_back(
        fmt::format("reported but not optimised for: group {} ({}) has {} validation rows, fewer than "
                    "--min-group {}",
                    group, name, rows[group], smallest));
  }
  if (large.left_out.empty()) return std::nullopt;
  require(
      enough >= 2,
      "--min-group {}: expected two groups or more with so many validation rows, got {} of {}, where the largest has "
      "{}; lower --min-group, or give fewer --protected",
      smallest, enough, rows.size(), *std::max_element(rows.begin(), rows.end()));
  const std::span<const fairness::GroupColumn> columns(&column, 1);
  large.counted = fairness::rows_that_count(fairness::intersect(columns, static_cast<std::size_t>(smallest)),
                                            task.valid.scores, task.valid.part->labels);
  const auto count = static_cast<std::int64_t>(large.counted.rows.size());
  large.features = gather_rows(task.prepared.valid.features, Tensor::from(large.counted.rows, {count}))
                       .to(task.model->options().dtype);
  return large;
}

}  // namespace posthoc::cli
