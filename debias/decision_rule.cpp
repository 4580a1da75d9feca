#include "debias/decision_rule.h"

#include <cmath>
#include <initializer_list>

#include "base/error.h"
#include "base/philox_block.h"

namespace posthoc::debias {
namespace {

struct Named {
  const char* name;
  double value;
};

void require_numbers(std::initializer_list<Named> values) {
  for (const Named& named : values) {
    require(!std::isnan(named.value), "decision rule: the {} is not a number", named.name);
  }
}

void require_probabilities(std::initializer_list<Named> values) {
  for (const Named& named : values) {
    require(named.value >= 0.0 && named.value <= 1.0, "decision rule: {} must lie in [0, 1], got {}", named.name,
            named.value);
  }
}

void check(const Threshold& rule) { require_numbers({{"threshold", rule.threshold}}); }

void check(const RejectOption& rule) {
  require_numbers(
      {{"threshold", rule.threshold}, {"margin", rule.margin}, {"lower end", rule.lower}, {"upper end", rule.upper}});
  require(rule.margin >= 0.0, "decision rule: the margin must be at least 0, got {}", rule.margin);
  require(rule.lower <= rule.upper, "decision rule: the lower end {} of the critical region is above the upper {}",
          rule.lower, rule.upper);
}

void check(const EqualizedOdds& rule) {
  require_numbers({{"threshold", rule.threshold}});
  require_probabilities({{"sp2p", rule.sp2p}, {"sn2p", rule.sn2p}, {"op2p", rule.op2p}, {"on2p", rule.on2p}});
}

void check(const CalibratedMix& rule) {
  require_numbers({{"threshold", rule.threshold}});
  require_probabilities({{"privileged_mix_rate", rule.privileged_mix_rate},
                         {"unprivileged_mix_rate", rule.unprivileged_mix_rate},
                         {"privileged_base_rate", rule.privileged_base_rate},
                         {"unprivileged_base_rate", rule.unprivileged_base_rate}});
}

double is_above(double score, double threshold) { return score > threshold ? 1.0 : 0.0; }

double probability(const Threshold& rule, double score, std::int32_t /*group*/) {
  return is_above(score, rule.threshold);
}

double probability(const RejectOption& rule, double score, std::int32_t group) {
  return is_above(score, group == kPrivileged ? rule.upper : rule.lower);
}

double probability(const EqualizedOdds& rule, double score, std::int32_t group) {
  const bool privileged = group == kPrivileged;
  if (score > rule.threshold) return privileged ? rule.sp2p : rule.op2p;
  return privileged ? rule.sn2p : rule.on2p;
}

double probability(const CalibratedMix& rule, double score, std::int32_t group) {
  const bool privileged = group == kPrivileged;
  const double mix = privileged ? rule.privileged_mix_rate : rule.unprivileged_mix_rate;
  const double base = privileged ? rule.privileged_base_rate : rule.unprivileged_base_rate;
  return mix * is_above(base, rule.threshold) + (1.0 - mix) * is_above(score, rule.threshold);
}

bool is_fraction(double p) { return p > 0.0 && p < 1.0; }

fairness::GroupCounts count_probabilities(const std::vector<double>& favourable, const fairness::Outcomes& outcomes) {
  fairness::GroupCounts counts(fairness::group_count(outcomes.groups));
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const double unfavourable = 1.0 - favourable[i];
    counts.add(outcomes.groups[i], outcomes.labels[i] != 0
                                       ? fairness::CellCounts{.tp = favourable[i], .fn = unfavourable}
                                       : fairness::CellCounts{.fp = favourable[i], .tn = unfavourable});
  }
  return counts;
}

std::string text(const Threshold& rule) { return fmt::format("{:.4f}", rule.threshold); }
std::string text(const RejectOption& rule) { return fmt::format("{:.4f} +- {:.4f}", rule.threshold, rule.margin); }
std::string text(const EqualizedOdds& rule) {
  return fmt::format("{:.4f}, keeps {:.2f} {:.2f}, turns {:.2f} {:.2f}", rule.threshold, rule.op2p, rule.sp2p,
                     rule.on2p, rule.sn2p);
}
std::string text(const CalibratedMix& rule) {
  return fmt::format("{:.4f}, mixes {:.2f} {:.2f}", rule.threshold, rule.unprivileged_mix_rate,
                     rule.privileged_mix_rate);
}

}  // namespace

void validate(const DecisionRule& rule) {
  std::visit([](const auto& kind) { check(kind); }, rule);
}

void validate(const DecisionRule& rule, int groups) {
  validate(rule);
  require(groups == 2 || std::holds_alternative<Threshold>(rule),
          "decision rule: the rule is for two groups, unprivileged (0) and privileged (1), and there are {}", groups);
}

double favourable_probability(const DecisionRule& rule, double score, std::int32_t group) {
  return std::visit([&](const auto& kind) { return probability(kind, score, group); }, rule);
}

std::vector<double> favourable_probabilities(const DecisionRule& rule, const fairness::Outcomes& outcomes) {
  fairness::validate(outcomes);
  validate(rule, fairness::group_count(outcomes.groups));
  std::vector<double> favourable(outcomes.size());
  std::visit(
      [&](const auto& kind) {
        for (std::size_t i = 0; i < favourable.size(); ++i) {
          favourable[i] = probability(kind, outcomes.scores[i], outcomes.groups[i]);
        }
      },
      rule);
  return favourable;
}

bool is_randomised(const DecisionRule& rule) {
  if (const auto* odds = std::get_if<EqualizedOdds>(&rule)) {
    return is_fraction(odds->sp2p) || is_fraction(odds->sn2p) || is_fraction(odds->op2p) || is_fraction(odds->on2p);
  }
  if (const auto* mix = std::get_if<CalibratedMix>(&rule)) {
    return is_fraction(mix->privileged_mix_rate) || is_fraction(mix->unprivileged_mix_rate);
  }
  return false;
}

bool decide(double favourable_probability, std::uint64_t seed, std::uint64_t row) {
  const RandomWords words = philox_block({seed, purpose("decision"), 0}, row);
  constexpr double kToUnit = 0x1p-53;
  const double uniform = static_cast<double>((std::uint64_t{words.v[0]} << 21U) ^ (words.v[1] >> 11U)) * kToUnit;
  return uniform < favourable_probability;  // uniform lies in [0, 1): 0 is never, 1 always favourable
}

fairness::GroupCounts count(const DecisionRule& rule, const fairness::Outcomes& outcomes) {
  return count_probabilities(favourable_probabilities(rule, outcomes), outcomes);
}

fairness::GroupCounts count_drawn(const DecisionRule& rule, const fairness::Outcomes& outcomes, std::uint64_t seed) {
  std::vector<double> favourable = favourable_probabilities(rule, outcomes);
  for (std::size_t row = 0; row < favourable.size(); ++row) favourable[row] = decide(favourable[row], seed, row);
  return count_probabilities(favourable, outcomes);
}

std::string to_string(const DecisionRule& rule) {
  return std::visit([](const auto& kind) { return text(kind); }, rule);
}

}  // namespace posthoc::debias
