#include "fairness/interval.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <utility>

#include "base/error.h"

namespace posthoc::fairness {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// The first value that is undefined, or null.
template <typename Items, typename GetValue>
const Value* first_undefined(const Items& items, GetValue value) {
  for (const auto& item : items) {
    if (!value(item).defined()) return &value(item);
  }
  return nullptr;
}

// The shares of the replicates below the two ends of a BCa interval.
std::pair<double, double> bca_shares(double z0, double a, double tail) {
  const auto share = [&](double z) { return normal_cdf(z0 + (z0 + z) / (1 - a * (z0 + z))); };
  const double z = normal_quantile(tail);
  return {share(z), share(-z)};
}

}  // namespace

std::string_view to_string(IntervalMethod method) {
  return method == IntervalMethod::percentile ? "percentile" : "bca";
}

IntervalMethod parse_interval_method(std::string_view name) {
  if (name == "percentile") return IntervalMethod::percentile;
  if (name == "bca") return IntervalMethod::bca;
  fail("unknown interval method '{}'; known are percentile, bca", name);
}

Interval make_interval(const Value& estimate, std::span<const Value> replicates, std::span<const LeftOut> left_out,
                       double level, IntervalMethod method) {
  require_level(level, replicates.size());
  const double tail = (1 - level) / 2;
  std::vector<double> values;
  values.reserve(replicates.size());
  for (const Value& value : replicates) {
    if (value.defined()) values.push_back(value.number());
  }
  const std::size_t undefined = replicates.size() - values.size();
  Interval interval{kNaN, kNaN, method, level, static_cast<int>(values.size()), static_cast<int>(undefined), ""};
  const auto none = [&](std::string reason) {
    interval.reason = std::move(reason);
    return interval;
  };

  if (!estimate.defined()) return none(estimate.reason());
  if (static_cast<double>(undefined) > tail * static_cast<double>(replicates.size())) {
    const Value* first = first_undefined(replicates, [](const Value& value) -> const Value& { return value; });
    return none(fmt::format("undefined in {} of {} resamples: {}", undefined, replicates.size(), first->reason()));
  }
  std::sort(values.begin(), values.end());
  std::pair<double, double> shares{tail, 1 - tail};
  if (method == IntervalMethod::bca) {
    const auto value_of = [](const LeftOut& unit) -> const Value& { return unit.value; };
    if (const Value* missing = first_undefined(left_out, value_of)) {
      return none(fmt::format("undefined without one of the rows: {}", missing->reason()));
    }
    const double z0 = bias_correction(estimate.number(), values);
    if (std::isinf(z0)) return none("no resample lies beyond the estimate on one side, so the bias has no estimate");
    const double a = acceleration(left_out);
    // Beyond this the map from one quantile to another turns back on itself.
    if (std::abs(a) * (std::abs(z0) - normal_quantile(tail)) >= 1) return none("the acceleration is too large");
    shares = bca_shares(z0, a, tail);
  }
  interval.low = quantile(values, shares.first);
  interval.high = quantile(values, shares.second);
  return interval;
}

void require_level(double level, std::size_t resamples) {
  require(level > 0 && level < 1, "interval: the level is {}; expected a number between 0 and 1, such as 0.95", level);
  const double fewest = std::ceil(2 / (1 - level) * (1 - 1e-9));
  require(static_cast<double>(resamples) >= fewest,
          "interval: {} resamples are too few for the level {}; expected at least {}", resamples, level, fewest);
}

double bias_correction(double estimate, std::span<const double> replicates) {
  double twice_below = 0;
  for (const double value : replicates) twice_below += value < estimate ? 2 : value == estimate ? 1 : 0;
  return normal_quantile(twice_below / (2 * static_cast<double>(replicates.size())));
}

double acceleration(std::span<const LeftOut> left_out) {
  struct Sample {
    double units = 0;
    double sum = 0;
    double squares = 0;
    double cubes = 0;
  };
  std::map<std::size_t, Sample> samples;
  for (const LeftOut& unit : left_out) {
    Sample& sample = samples[unit.stratum];
    sample.units += unit.units;
    sample.sum += unit.units * unit.value.number();
  }
  for (const LeftOut& unit : left_out) {
    Sample& sample = samples[unit.stratum];
    const double influence = (sample.units - 1) * (sample.sum / sample.units - unit.value.number());
    sample.squares += unit.units * influence * influence;
    sample.cubes += unit.units * influence * influence * influence;
  }
  double squares = 0;
  double cubes = 0;
  for (const auto& [stratum, sample] : samples) {
    squares += sample.squares / (sample.units * sample.units);
    cubes += sample.cubes / (sample.units * sample.units * sample.units);
  }
  return squares > 0 ? cubes / (6 * squares * std::sqrt(squares)) : 0;
}

double quantile(std::span<const double> sorted, double share) {
  require(!sorted.empty() && share >= 0 && share <= 1,
          "quantile: expected values and a share in [0, 1], got {} values and {}", sorted.size(), share);
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= sorted.size()) return sorted.back();
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double normal_quantile(double p) {
  require(p >= 0 && p <= 1, "normal_quantile: expected a probability, got {}", p);
  if (p == 0) return -std::numeric_limits<double>::infinity();
  if (p > 0.5) return -normal_quantile(1 - p);
  // Newton's method for log Phi(z) = log p. log Phi is concave and the start lies below the root, because
  // Phi(-t) <= exp(-t^2 / 2) / 2; so every step ascends and none goes too far.
  const double target = std::log(p);
  double z = -std::sqrt(-2 * target);
  for (int step = 0; step < 60; ++step) {
    const double cdf = normal_cdf(z);
    const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
    const double next = z + (target - std::log(cdf)) * cdf / density;
    if (!(next > z)) break;
    z = next;
  }
  return z;
}

}  // namespace posthoc::fairness
