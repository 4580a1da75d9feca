#include "study/report/classifiers.h"

namespace posthoc::study {
namespace {

Sample network_sample(const Results& results, const std::string& data, const std::string& quantity, bool last) {
  Sample sample;
  std::string features;  // of the first network: all of a sample are of the same features and labels
  for (const NetworkEntry& entry : results.networks()) {
    const NetworkKey& key = entry.network.key;
    if (key.data != data || key.architecture != Architecture()) continue;
    if (features.empty()) features = key.features;
    if (key.features != features) continue;
    const NetworkPart& part = (last ? entry.network.last : entry.network.best).test;
    sample.seeds.push_back(key.seed);
    sample.values.push_back(quantity == "auc" ? part.auc : part.accuracy);
    sample.sources.push_back(entry.source);
  }
  return sample;
}

}  // namespace

std::optional<Sample> classifier_sample(const Results& results, const std::string& data, const std::string& model,
                                        const std::string& quantity, const std::string& protocol) {
  Sample sample;
  if (model == "neural network") sample = network_sample(results, data, quantity, protocol == kPublished);
  if (sample.empty()) return std::nullopt;
  return sample;
}

}  // namespace posthoc::study
