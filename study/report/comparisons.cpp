#include "study/report/comparisons.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace posthoc::study {
namespace {

// The mean of some groups' objectives by seed; degenerate results are passed over if they do not count.
std::map<std::uint64_t, double> mean_by_seed(const std::vector<const Group*>& groups, Degenerate degenerate) {
  std::map<std::uint64_t, std::vector<double>> values;
  for (const Group* group : groups) {
    const Sample objectives = sample(*group, test_objective, degenerate);
    for (std::size_t i = 0; i < objectives.values.size(); ++i) {
      values[objectives.seeds[i]].push_back(objectives.values[i]);
    }
  }
  std::map<std::uint64_t, double> means;
  for (const auto& [seed, all] : values) means[seed] = moments(all).mean;
  return means;
}

std::vector<const Group*> among(const std::vector<const Group*>& groups, const std::vector<std::string>& labels) {
  std::vector<const Group*> found;
  for (const Group* group : groups) {
    if (std::find(labels.begin(), labels.end(), group->key.method) != labels.end()) found.push_back(group);
  }
  return found;
}

}  // namespace

std::optional<PairedComparison> compare_groups(const Group& a, const Group& b, const Select& select,
                                               Degenerate degenerate) {
  const Sample first = sample(a, select, degenerate);
  const Sample second = sample(b, select, degenerate);
  std::vector<double> ours;
  std::vector<double> theirs;
  for (std::size_t i = 0; i < first.seeds.size(); ++i) {
    const auto found = std::find(second.seeds.begin(), second.seeds.end(), first.seeds[i]);
    if (found == second.seeds.end()) continue;
    ours.push_back(first.values[i]);
    theirs.push_back(second.values[static_cast<std::size_t>(found - second.seeds.begin())]);
  }
  if (ours.empty()) return std::nullopt;
  return compare_paired(ours, theirs);
}

std::optional<Pooled> compare_pooled(const Results& results, const std::string& protocol,
                                     const std::vector<std::string>& methods, const std::vector<std::string>& others,
                                     Degenerate degenerate) {
  Pooled pooled;
  std::map<std::uint64_t, std::pair<std::vector<double>, std::vector<double>>> by_seed;
  for (const ObjectiveKey& objective : results.objectives(fairness::Objective::Kind::tradeoff)) {
    for (const Task& task : results.tasks()) {
      const auto groups = methods_of(results, task.name, objective, results.main_architecture(), protocol);
      const auto first = mean_by_seed(among(groups, methods), degenerate);
      const auto second = mean_by_seed(among(groups, others), degenerate);
      double difference = 0.0;
      std::size_t pairs = 0;
      for (const auto& [seed, value] : first) {
        const auto other = second.find(seed);
        if (other == second.end()) continue;
        by_seed[seed].first.push_back(value);
        by_seed[seed].second.push_back(other->second);
        difference += value - other->second;
        ++pairs;
      }
      if (pairs == 0) continue;
      ++pooled.cells;
      if (difference < 0) ++pooled.lower;
    }
  }
  std::vector<double> ours;
  std::vector<double> theirs;
  for (const auto& [seed, values] : by_seed) {
    ours.push_back(moments(values.first).mean);
    theirs.push_back(moments(values.second).mean);
  }
  if (ours.empty()) return std::nullopt;
  pooled.comparison = compare_paired(ours, theirs);
  return pooled;
}

std::vector<const Group*> methods_of(const Results& results, const std::string& task, const ObjectiveKey& objective,
                                     const Architecture& architecture, const std::string& protocol) {
  std::vector<const Group*> groups;
  for (const std::string& label : results.methods()) {
    if (const Group* group = results.find(task, objective, label, architecture, protocol)) groups.push_back(group);
  }
  return groups;
}

std::vector<std::string> labels_of(const Results& results, const std::vector<std::string>& names) {
  std::vector<std::string> labels;
  for (const std::string& name : names) {
    // In the order of the labels, the method's own name before it with something behind.
    for (const std::string& label : results.methods()) {
      const auto of_name = [&](const Group& group) { return group.key.method == label && group.method == name; };
      if (std::none_of(results.groups().begin(), results.groups().end(), of_name)) continue;
      labels.push_back(label);
      break;
    }
  }
  return labels;
}

std::string to_text(const PairedComparison& comparison) {
  if (!comparison.low.defined()) return fmt::format("{:+.4f}", comparison.mean);
  return fmt::format("{:+.4f} [{:+.4f}, {:+.4f}]", comparison.mean, comparison.low.number(), comparison.high.number());
}

}  // namespace posthoc::study
