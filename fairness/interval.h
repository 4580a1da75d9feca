#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fairness/value.h"

namespace posthoc::fairness {

/// How an interval is made from a statistic's values in resamples.
///
/// `percentile`: the quantiles of the values at (1 - level)/2 and (1 + level)/2.
///
/// `bca`: Efron's (1987) bias-corrected and accelerated interval, the quantiles at
/// `Phi(z0 + (z0 + z) / (1 - a (z0 + z)))`, z the normal quantile of either tail. See `bias_correction` and
/// `acceleration` for z0 and a.
enum class IntervalMethod { percentile, bca };

/// "percentile" or "bca".
std::string_view to_string(IntervalMethod method);
/// The method of this name. Throws `Error` that lists the names.
IntervalMethod parse_interval_method(std::string_view name);

/// A bootstrap confidence interval, or why there is none.
struct Interval {
  double low;   ///< NaN iff there is no interval
  double high;  ///< likewise
  IntervalMethod method;
  double level;        ///< of confidence, in (0, 1)
  int resamples;       ///< in which the statistic has a value
  int undefined;       ///< resamples in which it has none
  std::string reason;  ///< why there is no interval; empty if there is one

  [[nodiscard]] bool defined() const { return reason.empty(); }
};

/// The statistic without one unit (a row, or a block of rows) of the data: one value of the jackknife. Units that are
/// alike give the same value and stand here once.
struct LeftOut {
  Value value;
  double units = 1;         ///< how many are alike; a decision that is drawn counts in part
  std::size_t stratum = 0;  ///< which of the independent samples the units are from
};

/// The interval of a statistic whose value on the data is `estimate` and in the resamples `replicates`; `left_out` is
/// read by `bca` alone. There is no interval if the estimate is undefined, or more replicates than one tail holds
/// (then an end of the interval would hang on what undefined values are), or for `bca` if z0 is infinite or the
/// statistic is undefined without some unit. Throws `Error` unless the level lies in (0, 1) and a tail holds a
/// replicate: resamples >= 2 / (1 - level).
Interval make_interval(const Value& estimate, std::span<const Value> replicates, std::span<const LeftOut> left_out,
                       double level, IntervalMethod method);

/// Throws `Error` unless the level lies in (0, 1) and a tail of so many resamples holds one.
void require_level(double level, std::size_t resamples);

/// z0 = Phi^-1(share of `replicates` below `estimate`), a tie counting one half. Infinite if all lie on one side.
double bias_correction(double estimate, std::span<const double> replicates);

/// The acceleration a of independent samples s of n_s units (Davison & Hinkley 1997, equation 5.36, with jackknife
/// influence values):
/// `a = sum_s n_s^-3 sum_j l_sj^3 / (6 (sum_s n_s^-2 sum_j l_sj^2)^(3/2))`, `l_sj = (n_s - 1) (mean_s - value_sj)`.
/// With one sample it is Efron's (1987) formula. 0 if no unit has any influence.
double acceleration(std::span<const LeftOut> left_out);

/// The quantile of `sorted` (ascending, not empty) at `share` in [0, 1], linear between neighbours: NumPy's default,
/// type 7 of Hyndman & Fan (1996).
double quantile(std::span<const double> sorted, double share);

/// The standard normal distribution function.
double normal_cdf(double z);
/// Its inverse, to about 1e-15; infinite at 0 and 1. Throws `Error` outside [0, 1].
double normal_quantile(double p);

}  // namespace posthoc::fairness
