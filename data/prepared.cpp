#include "data/prepared.h"

#include <utility>

#include "data/split.h"

namespace posthoc::data {
namespace {

Part make_part(const Dataset& dataset, const Scaler& scaler, std::vector<std::int64_t> rows) {
  const std::vector<std::int32_t>& groups = dataset.attribute(dataset.protected_attribute).groups;
  Part part;
  part.features = scaler.transform(dataset.features, rows);
  part.labels.reserve(rows.size());
  part.groups.reserve(rows.size());
  for (const std::int64_t row : rows) {
    part.labels.push_back(dataset.labels[static_cast<std::size_t>(row)]);
    part.groups.push_back(groups[static_cast<std::size_t>(row)]);
  }
  part.rows = std::move(rows);
  return part;
}

Prepared make_parts(const Dataset& dataset, Split split, const Scaler& scaler) {
  return {make_part(dataset, scaler, std::move(split.train)), make_part(dataset, scaler, std::move(split.valid)),
          make_part(dataset, scaler, std::move(split.test)), scaler};
}

}  // namespace

Prepared prepare(const Dataset& dataset, std::uint32_t split_seed) {
  Split split = split_rows(dataset.rows(), split_seed);
  const Scaler scaler = Scaler::fit(dataset.features, split.train);
  return make_parts(dataset, std::move(split), scaler);
}

Prepared prepare(const Dataset& dataset, std::uint32_t split_seed, const Scaler& scaler) {
  return make_parts(dataset, split_rows(dataset.rows(), split_seed), scaler);
}

Prepared prepare_held_out(const Dataset& dataset, std::uint32_t split_seed, const std::optional<Scaler>& scaler) {
  Split split = split_rows(dataset.rows(), split_seed);
  const Scaler used = scaler ? *scaler : Scaler::fit(dataset.features, split.train);
  return {{}, make_part(dataset, used, std::move(split.valid)), make_part(dataset, used, std::move(split.test)), used};
}

}  // namespace posthoc::data
