#include "data/intersect.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "base/error.h"
#include "data/show.h"

namespace posthoc::data {
namespace {

using Parts = std::vector<const ProtectedAttribute*>;

// The attributes' 0/1 values of a row as binary digits, the first one the highest.
std::size_t combination(const Parts& parts, std::size_t row) {
  std::size_t code = 0;
  for (const ProtectedAttribute* part : parts) code = 2 * code + (part->groups[row] == 1 ? 1 : 0);
  return code;
}

std::string name_of(const Parts& parts, std::size_t code) {
  std::string name;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    const bool privileged = ((code >> (parts.size() - 1 - k)) & 1U) == 1;
    name += fmt::format("{}{}: {}", k == 0 ? "" : ", ", parts[k]->name, privileged ? "privileged" : "unprivileged");
  }
  return name;
}

ProtectedAttribute intersection(const Parts& parts, std::size_t rows) {
  const std::size_t all = (std::size_t{1} << parts.size()) - 1;
  std::map<std::size_t, std::int32_t> group_of = {{0, 0}, {all, 1}};
  std::vector<std::size_t> sizes(all + 1, 0);
  for (std::size_t row = 0; row < rows; ++row) ++sizes[combination(parts, row)];
  ProtectedAttribute joint;
  joint.group_names = {name_of(parts, 0), name_of(parts, all)};
  for (std::size_t code = 1; code < all; ++code) {
    if (sizes[code] == 0) continue;
    group_of[code] = static_cast<std::int32_t>(joint.group_names.size());
    joint.group_names.push_back(name_of(parts, code));
  }
  for (const ProtectedAttribute* part : parts) {
    joint.name += (joint.name.empty() ? "" : ",") + part->name;
    joint.description += (joint.description.empty() ? "" : "; ") + part->name + " " + part->description;
  }
  require(sizes[0] > 0 && sizes[all] > 0, "protected attributes '{}': no row is {} by every one of them", joint.name,
          sizes[0] == 0 ? "unprivileged" : "privileged");
  joint.groups.reserve(rows);
  for (std::size_t row = 0; row < rows; ++row) joint.groups.push_back(group_of.at(combination(parts, row)));
  return joint;
}

}  // namespace

void intersect(Dataset& dataset) {
  const std::vector<std::string>& chosen = dataset.chosen_attributes;
  require(!chosen.empty() && chosen.size() <= max_intersected, "expected 1 to {} protected attributes, got {}",
          max_intersected, chosen.size());
  Parts parts;
  for (auto name = chosen.begin(); name != chosen.end(); ++name) {
    require(std::find(chosen.begin(), name, *name) == name, "protected attribute '{}' is named twice", show(*name));
    parts.push_back(&dataset.attribute(*name));
  }
  if (parts.size() == 1) {
    dataset.protected_attribute = chosen[0];
    return;
  }
  ProtectedAttribute joint = intersection(parts, dataset.labels.size());
  dataset.protected_attribute = joint.name;
  dataset.protected_attributes.push_back(std::move(joint));
}

}  // namespace posthoc::data
