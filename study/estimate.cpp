#include "study/estimate.h"

#include <algorithm>

namespace posthoc::study {

void TimeEstimate::add(const std::string& kind, double cost) { kinds_[kind].left += cost; }

void TimeEstimate::done(const std::string& kind, double cost, double seconds) {
  dropped(kind, cost);
  kinds_[kind].cost += cost;
  kinds_[kind].measured += seconds;
}

void TimeEstimate::dropped(const std::string& kind, double cost) {
  double& left = kinds_[kind].left;
  left = std::max(0.0, left - cost);
}

double TimeEstimate::remaining() const {
  double cost = 0.0;
  double measured = 0.0;
  for (const auto& [name, kind] : kinds_) {
    cost += kind.cost;
    measured += kind.measured;
  }
  const double overall = cost > 0.0 ? measured / cost : 1.0;
  double seconds = 0.0;
  for (const auto& [name, kind] : kinds_) {
    seconds += kind.left * (kind.cost > 0.0 ? kind.measured / kind.cost : overall);
  }
  return seconds;
}

}  // namespace posthoc::study
