#pragma once

#include <cmath>
#include <cstdint>

#include "base/host_device.h"

// The objectives of fairness/objective.h for two groups, as a device computes them: the same operations in the same
// order, so that two cuts tie on the device exactly if they do on the host. tests/debias/device_objective_test.cpp
// compares all small counts and many large ones, bit by bit.

namespace posthoc::debias {

/// Rows by 2 * group + label.
struct Cells {
  std::uint32_t rows[4] = {0, 0, 0, 0};
};

struct DeviceObjective {
  enum class Bias : std::int32_t { spd, eod, aod };
  enum class Performance : std::int32_t { accuracy, balanced_accuracy };

  Bias bias = Bias::spd;
  Performance performance = Performance::accuracy;
  std::int32_t constrained = 0;
  std::int32_t empty_as_zero = 0;  ///< EmptyCell::zero
  double lambda = 0.0;
  double epsilon = 0.0;
  double worst_bias = 0.0;
  double worst_performance = 0.0;
  double least_above_one = 0.0;  ///< what a constrained objective adds to 1 at least

  /// A rate that may be over no rows, then counted as 0.
  struct Rate {
    double number;
    bool defined;
  };
  POSTHOC_HOST_DEVICE static Rate ratio(double numerator, double denominator) {
    return denominator > 0 ? Rate{numerator / denominator, true} : Rate{0.0, false};
  }
  POSTHOC_HOST_DEVICE static Rate difference(Rate a, Rate b) { return {a.number - b.number, a.defined && b.defined}; }

  [[nodiscard]] POSTHOC_HOST_DEVICE double number(Rate rate, double worst) const {
    return rate.defined || empty_as_zero != 0 ? rate.number : worst;
  }

  /// phi where `rejected` of `all` rows get the unfavourable decision and the others the favourable one.
  [[nodiscard]] POSTHOC_HOST_DEVICE double operator()(const Cells& rejected, const Cells& all) const {
    double tp[2];
    double fp[2];
    double tn[2];
    double fn[2];
    for (int g = 0; g < 2; ++g) {
      tn[g] = rejected.rows[2 * g];
      fn[g] = rejected.rows[2 * g + 1];
      fp[g] = static_cast<double>(all.rows[2 * g]) - tn[g];
      tp[g] = static_cast<double>(all.rows[2 * g + 1]) - fn[g];
    }
    Rate gap{};
    if (bias == Bias::spd) {
      gap = difference(ratio(tp[0] + fp[0], tp[0] + fp[0] + tn[0] + fn[0]),
                       ratio(tp[1] + fp[1], tp[1] + fp[1] + tn[1] + fn[1]));
    } else {
      gap = difference(ratio(tp[0], tp[0] + fn[0]), ratio(tp[1], tp[1] + fn[1]));
      if (bias == Bias::aod) {
        const Rate other = difference(ratio(fp[0], fp[0] + tn[0]), ratio(fp[1], fp[1] + tn[1]));
        gap = {(other.number + gap.number) / 2, other.defined && gap.defined};
      }
    }
    const double unfairness = std::fabs(number(gap, worst_bias));

    const double all_tp = tp[0] + tp[1];
    const double all_fp = fp[0] + fp[1];
    const double all_tn = tn[0] + tn[1];
    const double all_fn = fn[0] + fn[1];
    Rate value{};
    if (performance == Performance::accuracy) {
      value = ratio(all_tp + all_tn, all_tp + all_fp + all_tn + all_fn);
    } else {
      const Rate tpr = ratio(all_tp, all_tp + all_fn);
      const Rate tnr = ratio(all_tn, all_fp + all_tn);
      value = {(tpr.number + tnr.number) / 2, tpr.defined && tnr.defined};
    }
    const double kept = number(value, worst_performance);
    if (constrained == 0) return lambda * unfairness + (1 - lambda) * (1 - kept);
    if (unfairness <= epsilon) return 1 - kept;
    return 1 + (unfairness < least_above_one ? least_above_one : unfairness);
  }
};

}  // namespace posthoc::debias
