#pragma once

#include <array>
#include <memory>

#include "debias/decision_rule.h"
#include "fairness/counts.h"
#include "nn/mlp.h"

// What the code published with Savani et al. 2020 does that no method here does; the switches of `Protocol` choose it.

namespace posthoc::study {

/// The same decisions with the other label as the favourable one.
fairness::GroupCounts turned_round(const fairness::GroupCounts& counts);

/// The network that predicts the other label: its last layer's weights and bias negated, so that each score s is 1 - s.
std::shared_ptr<const nn::Mlp> turned_round(const nn::Mlp& network);

/// The share of each group's favourable labels that equalized odds leaves favourable when it is fitted on true labels:
/// the published code replaced only the scores of AIF360's data set, whose labels the method reads. The linear program
/// of AIF360 0.3.0rc0 has each group's share s_g of the rows where its base rate b_g belongs, and its solution on
/// perfect decisions is p_u b_u / s_u = p_p b_p / s_p, the larger p being 1. `labels` are the counts of the labels
/// taken for decisions on validation. Throws `Error` unless there are two groups, each with favourable labels.
std::array<double, 2> odds_on_labels(const fairness::GroupCounts& labels);

/// The counts of decisions that are the true labels with `int(favourable * (1 - share))` of each group's favourable
/// ones made unfavourable, as AIF360 does it. `labels` as above, on the rows that are decided.
fairness::GroupCounts decide_on_labels(const fairness::GroupCounts& labels, const std::array<double, 2>& shares);

/// Scores in training mode, all rows in one batch: with dropout active, its masks by the seed, and the batch's own
/// statistics in normalisation.
std::vector<double> training_mode_scores(const nn::Classifier& network, const Tensor& x, std::uint64_t seed);

}  // namespace posthoc::study
