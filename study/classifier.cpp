#include "study/classifier.h"

#include <algorithm>
#include <chrono>
#include <fmt/ranges.h>

#include "base/error.h"
#include "fairness/performance_measures.h"
#include "fairness/threshold.h"
#include "optim/forest/random_forest.h"
#include "optim/logistic_regression.h"
#include "study/store_json.h"

namespace posthoc::study {
namespace {

constexpr std::string_view kKind = "classifier";
constexpr std::string_view kLogisticRegression = "logistic_regression";
constexpr std::string_view kRandomForest = "random_forest";

using Scores = std::vector<double>;

struct Scored {
  Scores valid;
  Scores test;
};

Scored logistic_regression(const optim::LabelledRows& train, const Tensor& valid, const Tensor& test) {
  const auto model = optim::fit_logistic_regression(train).model;
  return {nn::scores(*model, valid), nn::scores(*model, test)};
}

optim::SampleRows sample_rows(const Tensor& features) {
  return {features.values<float>(), static_cast<std::size_t>(features.size(1))};
}

Scored random_forest(const optim::LabelledRows& train, const Tensor& valid, const Tensor& test, std::uint64_t seed) {
  const optim::RankedSamples samples(sample_rows(train.features));
  const optim::RandomForest forest = optim::fit_random_forest(samples, train.labels, {.seed = seed});
  return {forest.scores(sample_rows(valid)), forest.scores(sample_rows(test))};
}

double accuracy_at(double threshold, const Scores& scores, std::span<const std::uint8_t> labels) {
  double right = 0.0;
  for (std::size_t i = 0; i < scores.size(); ++i) right += (scores[i] > threshold) == (labels[i] != 0) ? 1.0 : 0.0;
  return right / static_cast<double>(scores.size());
}

// No measure here looks at the groups.
fairness::Outcomes outcomes(const Scores& scores, std::span<const std::uint8_t> labels,
                            const std::vector<std::int32_t>& groups) {
  return {scores, labels, std::span(groups).first(scores.size())};
}

Json part_json(const ClassifierPart& part) {
  return {{"accuracy", part.accuracy},
          {"tuned_accuracy", part.tuned_accuracy},
          {"coarse_accuracy", part.coarse_accuracy},
          {"auc", part.auc}};
}

ClassifierPart parse_part(const Json& json) {
  return {entry<double>(json, "accuracy"), entry<double>(json, "tuned_accuracy"),
          entry<double>(json, "coarse_accuracy"), entry<double>(json, "auc")};
}

Json key_json(const ClassifierKey& key) {
  return {{"data", key.data}, {"features", key.features}, {"model", key.model}, {"seed", key.seed}};
}

}  // namespace

std::span<const std::string_view> compared_classifiers() {
  static constexpr std::string_view kNames[] = {kLogisticRegression, kRandomForest};
  return kNames;
}

bool depends_on_seed(std::string_view classifier) { return classifier != kLogisticRegression; }

ClassifierResult run_classifier(const ClassifierKey& key, const optim::LabelledRows& train,
                                const optim::LabelledRows& valid, const optim::LabelledRows& test) {
  const auto names = compared_classifiers();
  require(std::find(names.begin(), names.end(), key.model) != names.end(), "classifier: expected one of {}, got '{}'",
          fmt::join(names, ", "), key.model);
  for (const optim::LabelledRows* rows : {&train, &valid, &test}) {
    require(rows->features.rank() == 2 && rows->features.size(0) == static_cast<std::int64_t>(rows->labels.size()) &&
                rows->features.size(0) >= 1 && rows->features.size(1) == train.features.size(1),
            "classifier: expected rows of {} features and a label for each, got {} and {} labels",
            train.features.size(1), rows->features.shape().text(), rows->labels.size());
  }
  const auto start = std::chrono::steady_clock::now();
  const Scored scored = key.model == kRandomForest ? random_forest(train, valid.features, test.features, key.seed)
                                                   : logistic_regression(train, valid.features, test.features);
  ClassifierResult result;
  result.key = key;
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  const std::vector<std::int32_t> groups(std::max(valid.labels.size(), test.labels.size()), 0);
  const auto best = [&](const fairness::ThresholdSearch& search) {
    return fairness::find_accuracy_threshold(outcomes(scored.valid, valid.labels, groups), search).threshold;
  };
  result.threshold = best(fairness::ThresholdSearch::exact());
  const double coarse = best(fairness::ThresholdSearch::grid(101));
  const auto judge = [&](const Scores& scores, std::span<const std::uint8_t> labels) {
    const fairness::Value auc = fairness::auc(outcomes(scores, labels, groups));
    require(auc.defined(), "classifier: there is no AUC, {}", auc.reason());
    return ClassifierPart{accuracy_at(0.5, scores, labels), accuracy_at(result.threshold, scores, labels),
                          accuracy_at(coarse, scores, labels), auc.number()};
  };
  result.valid = judge(scored.valid, valid.labels);
  result.test = judge(scored.test, test.labels);
  return result;
}

std::string record_id(const ClassifierKey& key) {
  return Record{std::string(kKind), key_json(key).dump(), "", 0.0, ""}.id();
}

Record to_record(const ClassifierResult& result) {
  const Json found = {
      {"threshold", result.threshold}, {"valid", part_json(result.valid)}, {"test", part_json(result.test)}};
  return {std::string(kKind), key_json(result.key).dump(), found.dump(), result.seconds, ""};
}

ClassifierResult parse_classifier(const Record& record) {
  return parse_record(record, kKind, [&](const Json& key, const Json& found) {
    return ClassifierResult{{entry<std::string>(key, "data"), entry<std::string>(key, "features"),
                             entry<std::string>(key, "model"), entry<std::uint64_t>(key, "seed")},
                            entry<double>(found, "threshold"),
                            parse_part(entry<Json>(found, "valid")),
                            parse_part(entry<Json>(found, "test")),
                            record.seconds};
  });
}

}  // namespace posthoc::study
