#include "fairness/value.h"

#include <fmt/core.h>

namespace posthoc::fairness {

std::string Value::reason() const {
  if (defined()) return "";
  if (why_ == nullptr) return "the result is not a number";
  return group_ == kAllGroups ? fmt::format("the data {}", why_) : fmt::format("group {} {}", group_, why_);
}

}  // namespace posthoc::fairness
