#include "study/report/classifiers.h"

#include "study/classifier.h"

namespace posthoc::study {
namespace {

Sample network_sample(const Results& results, const std::string& data, const std::string& quantity, bool last) {
  Sample sample;
  std::string features;  // of the first network: all of a sample are of the same features and labels
  for (const NetworkEntry& entry : results.networks()) {
    const NetworkKey& key = entry.network.key;
    if (key.data != data || key.architecture != Architecture() || !results.is_own_seed(key.seed)) continue;
    if (features.empty()) features = key.features;
    if (key.features != features) continue;
    const NetworkPart& part = (last ? entry.network.last : entry.network.best).test;
    sample.seeds.push_back(key.seed);
    sample.values.push_back(quantity == "auc" ? part.auc : part.accuracy);
    sample.sources.push_back(entry.source);
  }
  return sample;
}

// Of another classifier, by its name in `compared_classifiers()`; its accuracy at the threshold that is best on the
// validation rows, as the paper has it of its networks.
Sample other_sample(const Results& results, const std::string& data, const std::string& quantity,
                    std::string_view model) {
  Sample sample;
  std::string features;
  for (const auto& [record, source] : results.others("classifier")) {
    const ClassifierResult result = parse_classifier(record);
    if (result.key.data != data || result.key.model != model) continue;
    if (features.empty()) features = result.key.features;
    if (result.key.features != features) continue;
    sample.seeds.push_back(result.key.seed);
    const ClassifierPart& test = result.test;
    sample.values.push_back(quantity == "auc"             ? test.auc
                            : quantity == kCoarseAccuracy ? test.coarse_accuracy
                                                          : test.tuned_accuracy);
    sample.sources.push_back(source);
  }
  return sample;
}

}  // namespace

std::optional<Sample> classifier_sample(const Results& results, const std::string& data, const std::string& model,
                                        const std::string& quantity, const std::string& protocol) {
  Sample sample;
  if (model == "neural network" && quantity != kCoarseAccuracy)
    sample = network_sample(results, data, quantity, protocol == kPublished);
  if (model == "logistic regression") sample = other_sample(results, data, quantity, "logistic_regression");
  if (model == "random forest") sample = other_sample(results, data, quantity, "random_forest");
  if (sample.empty()) return std::nullopt;
  return sample;
}

}  // namespace posthoc::study
