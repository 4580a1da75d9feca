#include "fairness/measure.h"

#include <limits>
#include <string>

#include "base/error.h"

namespace posthoc::fairness {
namespace {

constexpr auto kBias = Measure::Kind::bias;
constexpr auto kPerformance = Measure::Kind::performance;
constexpr auto kLoss = Measure::Kind::loss;
constexpr auto kDifference = Measure::Scale::difference;
constexpr auto kRatio = Measure::Scale::ratio;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

constexpr Measure kMeasures[] = {
    {"spd", "statistical_parity_difference", kBias, 1.0, "difference of the rates of favourable decisions",
     statistical_parity_difference},
    {"eod", "equal_opportunity_difference", kBias, 1.0, "difference of the true positive rates",
     equal_opportunity_difference, nullptr, kDifference, "true_positive_rate_difference"},
    {"aod", "average_odds_difference", kBias, 1.0, "mean of the differences of the false and the true positive rates",
     average_odds_difference},
    {"aaod", "average_abs_odds_difference", kBias, 1.0,
     "mean of the absolute differences of the false and the true positive rates", average_abs_odds_difference},
    {"eqodds", "equalized_odds_difference", kBias, 1.0,
     "the larger absolute difference of the false and the true positive rates", equalized_odds_difference},
    {"di", "disparate_impact", kBias, 0.0, "ratio of the rates of favourable decisions", disparate_impact, nullptr,
     kRatio},
    {"fprd", "false_positive_rate_difference", kBias, 1.0, "difference of the false positive rates",
     false_positive_rate_difference},
    {"fnrd", "false_negative_rate_difference", kBias, 1.0, "difference of the false negative rates",
     false_negative_rate_difference},
    {"fdrd", "false_discovery_rate_difference", kBias, 1.0,
     "difference of the shares of unfavourable labels among favourable decisions", false_discovery_rate_difference},
    {"ford", "false_omission_rate_difference", kBias, 1.0,
     "difference of the shares of favourable labels among unfavourable decisions", false_omission_rate_difference},
    {"ppvd", "positive_predictive_value_difference", kBias, 1.0,
     "difference of the shares of favourable labels among favourable decisions", positive_predictive_value_difference},
    {"apvd", "average_predictive_value_difference", kBias, 1.0,
     "mean of the differences of the positive predictive values and the false omission rates",
     average_predictive_value_difference},
    {"erd", "error_rate_difference", kBias, 1.0, "difference of the error rates", error_rate_difference},
    {"err", "error_rate_ratio", kBias, 0.0, "ratio of the error rates", error_rate_ratio, nullptr, kRatio},
    {"gtprd",
     "generalized_true_positive_rate_difference",
     kBias,
     1.0,
     "difference of the mean scores among favourable labels",
     nullptr,
     generalized_true_positive_rate_difference,
     kDifference,
     {},
     generalized_true_positive_rate_difference},
    {"gfprd",
     "generalized_false_positive_rate_difference",
     kBias,
     1.0,
     "difference of the mean scores among unfavourable labels",
     nullptr,
     generalized_false_positive_rate_difference,
     kDifference,
     {},
     generalized_false_positive_rate_difference},
    {"gfnrd",
     "generalized_false_negative_rate_difference",
     kBias,
     1.0,
     "difference of the means of 1 - score among favourable labels",
     nullptr,
     generalized_false_negative_rate_difference,
     kDifference,
     {},
     generalized_false_negative_rate_difference},
    {"gtnrd",
     "generalized_true_negative_rate_difference",
     kBias,
     1.0,
     "difference of the means of 1 - score among unfavourable labels",
     nullptr,
     generalized_true_negative_rate_difference,
     kDifference,
     {},
     generalized_true_negative_rate_difference},
    {"cgd",
     "calibration_gap_difference",
     kBias,
     2.0,
     "difference of the groups' mean score minus share of favourable labels",
     nullptr,
     calibration_gap_difference,
     kDifference,
     {},
     calibration_gap_difference},

    {"accuracy", "accuracy", kPerformance, 0.0, "share of decisions that agree with the label", accuracy},
    {"balanced_accuracy", "balanced_accuracy", kPerformance, 0.0,
     "mean of the true positive and the true negative rate", balanced_accuracy},
    {"f1", "f1", kPerformance, 0.0, "harmonic mean of precision and recall", f1},
    {"precision", "precision", kPerformance, 0.0, "share of favourable labels among favourable decisions", precision,
     nullptr, kDifference, "positive_predictive_value"},
    {"recall", "recall", kPerformance, 0.0, "share of favourable decisions among favourable labels", recall, nullptr,
     kDifference, "true_positive_rate"},
    {"specificity", "specificity", kPerformance, 0.0, "share of unfavourable decisions among unfavourable labels",
     specificity, nullptr, kDifference, "true_negative_rate"},
    {"auc", "auc", kPerformance, 0.0, "area under the ROC curve of the scores", nullptr, auc},

    {"error_rate", "error_rate", kLoss, 1.0, "share of decisions that disagree with the label", error_rate},
    {"gei", "generalized_entropy_index", kLoss, kInfinity,
     "inequality of the benefits 1 + decision - label: their squared coefficient of variation, halved",
     generalized_entropy_index},
    {"theil", "theil_index", kLoss, kInfinity, "inequality of the benefits 1 + decision - label by their entropy",
     theil_index},
    {"brier",
     "brier_score",
     kLoss,
     1.0,
     "mean squared difference of score and label",
     nullptr,
     brier_score,
     kDifference,
     {},
     brier_score},
    {"log_loss",
     "log_loss",
     kLoss,
     kInfinity,
     "mean of -log of the probability that the score gives to the label",
     nullptr,
     log_loss,
     kDifference,
     {},
     log_loss},
};

}  // namespace

std::span<const Measure> measures() { return kMeasures; }

const Measure& find_measure(std::string_view name, std::optional<Measure::Kind> kind) {
  std::string known;
  for (const Measure& measure : kMeasures) {
    if (kind && measure.kind != *kind) continue;
    if (measure.is_named(name)) return measure;
    known += (known.empty() ? "" : ", ") + std::string(measure.name);
  }
  const char* what = !kind                   ? "measure"
                     : *kind == kBias        ? "bias measure"
                     : *kind == kPerformance ? "performance measure"
                                             : "loss";
  fail("unknown {} '{}'; known are {}", what, name, known);
}

}  // namespace posthoc::fairness
