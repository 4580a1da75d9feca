#pragma once

#include <optional>
#include <string>

#include "study/report/results.h"

namespace posthoc::study {

/// A further quantity, of the others than the network: the accuracy at the best of 101 thresholds.
inline constexpr const char* kCoarseAccuracy = "coarse accuracy";

/// "accuracy" or "auc" on test of the classifiers of the paper's Table 3 ("logistic regression", "neural network",
/// "random forest") on a data set. Under the published protocol the network is that of the last epoch. Nothing if none
/// was trained.
std::optional<Sample> classifier_sample(const Results& results, const std::string& data, const std::string& model,
                                        const std::string& quantity, const std::string& protocol);

}  // namespace posthoc::study
