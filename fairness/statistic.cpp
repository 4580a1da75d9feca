#include "fairness/statistic.h"

#include <string>

#include "base/error.h"

namespace posthoc::fairness {
namespace {

constexpr Statistic kStatistics[] = {
    {"n", "rows", "rows", [](const GroupCounts& c, int g) { return Value(c[g].n()); }},
    {"P", "positives", "rows with a favourable label",
     [](const GroupCounts& c, int g) { return Value(c[g].positives()); }},
    {"N", "negatives", "rows with an unfavourable label",
     [](const GroupCounts& c, int g) { return Value(c[g].negatives()); }},
    {"TP", "true_positives", "favourable decisions that are right",
     [](const GroupCounts& c, int g) { return Value(c[g].tp); }},
    {"FP", "false_positives", "favourable decisions that are wrong",
     [](const GroupCounts& c, int g) { return Value(c[g].fp); }},
    {"TN", "true_negatives", "unfavourable decisions that are right",
     [](const GroupCounts& c, int g) { return Value(c[g].tn); }},
    {"FN", "false_negatives", "unfavourable decisions that are wrong",
     [](const GroupCounts& c, int g) { return Value(c[g].fn); }},
    {"num_pred_positives", "predicted_positives", "favourable decisions",
     [](const GroupCounts& c, int g) { return Value(c[g].selected()); }},
    {"selection_rate", "selection_rate", "share of favourable decisions", selection_rate},
    {"base_rate", "base_rate", "share of favourable labels", base_rate},
    {"TPR", "true_positive_rate", "share of favourable decisions among favourable labels", tpr},
    {"FPR", "false_positive_rate", "share of favourable decisions among unfavourable labels", fpr},
    {"TNR", "true_negative_rate", "share of unfavourable decisions among unfavourable labels", tnr},
    {"FNR", "false_negative_rate", "share of unfavourable decisions among favourable labels", fnr},
    {"PPV", "positive_predictive_value", "share of favourable labels among favourable decisions", ppv},
    {"NPV", "negative_predictive_value", "share of unfavourable labels among unfavourable decisions", npv},
    {"FDR", "false_discovery_rate", "share of unfavourable labels among favourable decisions", false_discovery_rate},
    {"FOR", "false_omission_rate", "share of favourable labels among unfavourable decisions", false_omission_rate},
    {"ACC", "accuracy", "share of decisions that agree with the label", accuracy},
    {"error_rate", "error_rate", "share of decisions that disagree with the label", error_rate},
    {"GTPR", "generalized_true_positive_rate", "mean score among favourable labels", nullptr, gtpr},
    {"GFPR", "generalized_false_positive_rate", "mean score among unfavourable labels", nullptr, gfpr},
    {"GTNR", "generalized_true_negative_rate", "mean of 1 - score among unfavourable labels", nullptr, gtnr},
    {"GFNR", "generalized_false_negative_rate", "mean of 1 - score among favourable labels", nullptr, gfnr},
    {"calibration_gap", "calibration_gap", "mean score minus share of favourable labels", nullptr, calibration_gap},
    {"brier_score", "brier_score", "mean squared difference of score and label", nullptr, brier_score},
    {"log_loss", "log_loss", "mean of -log of the probability given to the label", nullptr, log_loss},
};

}  // namespace

std::span<const Statistic> statistics() { return kStatistics; }

const Statistic& find_statistic(std::string_view name) {
  std::string known;
  for (const Statistic& statistic : kStatistics) {
    if (name == statistic.name || name == statistic.long_name) return statistic;
    known += (known.empty() ? "" : ", ") + std::string(statistic.name);
  }
  fail("unknown statistic '{}'; known are {}", name, known);
}

}  // namespace posthoc::fairness
