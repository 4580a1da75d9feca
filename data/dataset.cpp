#include "data/dataset.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/error.h"

namespace posthoc::data {

const ProtectedAttribute& Dataset::attribute(std::string_view attribute_name) const {
  std::vector<std::string_view> known;
  for (const ProtectedAttribute& candidate : protected_attributes) {
    if (candidate.name == attribute_name) return candidate;
    known.emplace_back(candidate.name);
  }
  fail("data set {}: no protected attribute '{}'; it has {}", name, attribute_name, fmt::join(known, ", "));
}

}  // namespace posthoc::data
