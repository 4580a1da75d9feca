#include "study/report/claims.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace posthoc::study {
namespace {

// The weaker of two verdicts; one of nothing does not count.
std::string weaker(const std::string& a, const std::string& b) {
  constexpr std::array<std::string_view, 3> from_weak = {kDoesNotHold, kHoldsInPart, kHolds};
  const auto place = [&](const std::string& one) {
    return std::find(from_weak.begin(), from_weak.end(), one) - from_weak.begin();
  };
  return place(b) < place(a) ? b : a;
}

}  // namespace

void Claim::judge(const std::string& protocol, const std::string& all, const std::string& without_degenerate) {
  if (judgements.empty()) verdict = weaker(all, without_degenerate);
  judgements.push_back({protocol, all, without_degenerate});
}

std::string to_text(const std::vector<Judgement>& judgements) {
  std::string text;
  for (const Judgement& one : judgements) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", one.protocol, one.verdict);
    if (!one.without_degenerate.empty() && one.without_degenerate != one.verdict) {
      text += fmt::format(", without degenerate results {}", one.without_degenerate);
    }
  }
  return text;
}

std::string verdict_of_share(std::size_t hold, std::size_t count, double part) {
  if (count == 0) return kNotTested;
  if (hold == count) return kHolds;
  const bool enough = hold > 0 && static_cast<double>(hold) >= part * static_cast<double>(count);
  return enough ? kHoldsInPart : kDoesNotHold;
}

}  // namespace posthoc::study
