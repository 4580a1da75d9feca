#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "optim/training.h"
#include "study/store.h"

// The comparison of the networks with other classifiers (Savani et al. 2020, Table 3): what is there to be had from the
// data without a network?

namespace posthoc::study {

/// A classifier on some rows. A network's own figures of this kind are in `NetworkResult`.
struct ClassifierPart {
  double accuracy = 0.0;        ///< of decisions score > 0.5
  double tuned_accuracy = 0.0;  ///< at the threshold with the best accuracy on the validation rows
  /// Likewise, of the 101 thresholds 0, 0.01, ..., 1: what the choice among a few thresholds does to the number.
  double coarse_accuracy = 0.0;
  double auc = 0.0;
};

/// Which classifier, on which data.
struct ClassifierKey {
  std::string data;      ///< as in `NetworkKey`
  std::string features;  ///< likewise
  std::string model;     ///< one of `compared_classifiers()`
  std::uint64_t seed = 0;
};

struct ClassifierResult {
  ClassifierKey key;
  double threshold = 0.5;  ///< with the best accuracy on the validation rows
  ClassifierPart valid;
  ClassifierPart test;
  double seconds = 0.0;  ///< of fitting and scoring, on one thread
};

/// The classifiers by name.
///
/// `logistic_regression`: scikit-learn's default, L2 with C = 1 (`optim::fit_logistic_regression`). It has one optimum,
/// which is found; every seed gives the same.
///
/// `random_forest`: 100 trees without a limit of depth (`optim::fit_random_forest`).
std::span<const std::string_view> compared_classifiers();

/// Whether two seeds can give two results.
bool depends_on_seed(std::string_view classifier);

/// Fits the key's classifier to the training rows and judges it on the others, whose features are float32 and
/// standardised as the training rows are. Throws `Error` on an unknown model, on rows that do not fit each other, and
/// where one part has labels of one class alone, where there is no AUC.
ClassifierResult run_classifier(const ClassifierKey& key, const optim::LabelledRows& train,
                                const optim::LabelledRows& valid, const optim::LabelledRows& test);

/// Records of kind "classifier"; reading throws `Error` on another kind and on entries that are missing or of another
/// type.
Record to_record(const ClassifierResult& result);
ClassifierResult parse_classifier(const Record& record);
std::string record_id(const ClassifierKey& key);

}  // namespace posthoc::study
