#include "debias/calibrated_equalized_odds.h"

#include "base/error.h"

namespace posthoc::debias {
namespace {

constexpr const char* kGroupNames[] = {"unprivileged", "privileged"};

const char* name_of(fairness::CalibrationCost cost) {
  switch (cost) {
    case fairness::CalibrationCost::fpr:
      return "generalised false positive rate";
    case fairness::CalibrationCost::fnr:
      return "generalised false negative rate";
    case fairness::CalibrationCost::weighted:
      return "weighted cost";
  }
  fail("calibrated odds: unknown cost");
}

void add_details(const fairness::CalibratedGroup& group, const std::string& name, std::vector<Detail>& details) {
  details.push_back({"base_rate_" + name, group.base_rate});
  details.push_back({"gfpr_" + name, group.before.gfpr});
  details.push_back({"gfnr_" + name, group.before.gfnr});
  details.push_back({"cost_" + name, group.before.cost});
  details.push_back({"trivial_cost_" + name, group.trivial_cost});
  details.push_back({"gfpr_after_" + name, group.after.gfpr});
  details.push_back({"gfnr_after_" + name, group.after.gfnr});
  details.push_back({"cost_after_" + name, group.after.cost});
}

std::vector<std::string> notes_of(const fairness::CalibratedOdds& odds, fairness::CalibrationCost cost) {
  const char* mixed = kGroupNames[odds.mixed];
  std::vector<std::string> notes = {fmt::format(
      "calibrated equalized odds makes only the {} of the scores equal, by withholding information from the {} group, "
      "which is better off in it; rates of the decisions at 0.5 stay unequal, their accuracy tends to fall, and only "
      "one of the false positive and the false negative rate can be equal at a time",
      name_of(cost), mixed)};
  if (!odds.wanted_rate.defined()) {
    notes.push_back(fmt::format("the {}s stay unequal: the {} group {}, so no mixing changes it, and none is done",
                                name_of(cost), mixed, "has the same one with its base rate as score"));
    return notes;
  }
  const double wanted = odds.wanted_rate.number();
  constexpr double kRounding = 1e-9;
  if (wanted > 1.0 + kRounding) {
    notes.push_back(fmt::format(
        "the {}s stay unequal: they would need a mix rate of {:.4f} in the {} group, which is cut to 1: all its scores "
        "are replaced by its base rate, and its decisions are the same for everybody",
        name_of(cost), wanted, mixed));
  } else if (wanted < -kRounding) {
    notes.push_back(fmt::format(
        "the {}s stay unequal: they would need a mix rate of {:.4f} in the {} group, as its base rate as score has an "
        "even lower one; it is cut to 0, so nothing is changed",
        name_of(cost), wanted, mixed));
  }
  return notes;
}

}  // namespace

Debiased CalibratedEqualizedOdds::fit(const Problem& problem) const {
  validate(problem);
  const fairness::CalibratedOdds odds =
      fairness::calibrated_odds(fairness::GroupScores(problem.validation), options_.cost);
  const fairness::CalibratedGroup& unprivileged = odds.groups[kUnprivileged];
  const fairness::CalibratedGroup& privileged = odds.groups[kPrivileged];

  Debiased result;
  result.model = problem.model;
  result.rule = CalibratedMix{.privileged_mix_rate = privileged.mix_rate,
                              .unprivileged_mix_rate = unprivileged.mix_rate,
                              .privileged_base_rate = privileged.base_rate,
                              .unprivileged_base_rate = unprivileged.base_rate};
  add_details(unprivileged, "unprivileged", result.details);
  add_details(privileged, "privileged", result.details);
  result.details.push_back({"mix_rate_unclamped", odds.wanted_rate});
  result.notes = notes_of(odds, options_.cost);
  return result;
}

}  // namespace posthoc::debias
