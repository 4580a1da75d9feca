#pragma once

#include <optional>
#include <string>
#include <vector>

#include "study/paired.h"
#include "study/report/results.h"

namespace posthoc::study {

/// How two methods differ on the same networks: `a` minus `b`. Nothing without a network on which both have a value.
std::optional<PairedComparison> compare_groups(const Group& a, const Group& b, const Select& select,
                                               Degenerate degenerate = Degenerate::counts);

/// What a comparison over several tasks and measures is made of.
struct Pooled {
  PairedComparison comparison;  ///< a pair a seed, each the mean over tasks and measures
  std::size_t cells = 0;        ///< tasks with a measure that count
  std::size_t lower = 0;        ///< of them those where the first has the lower mean
};

/// How the mean objective of some methods differs from that of others, on the main architecture under a protocol: for
/// every task, measure and seed the mean over the methods of each side, then the mean over tasks and measures. Nothing
/// if no network has both.
std::optional<Pooled> compare_pooled(const Results& results, const std::string& protocol,
                                     const std::vector<std::string>& methods, const std::vector<std::string>& others,
                                     Degenerate degenerate = Degenerate::counts);

/// The groups of one task and objective on one architecture under one protocol, in the order of the methods.
std::vector<const Group*> methods_of(const Results& results, const std::string& task, const ObjectiveKey& objective,
                                     const Architecture& architecture, const std::string& protocol);

/// The label of each method that the results have; of one that a study runs with several options, the first.
std::vector<std::string> labels_of(const Results& results, const std::vector<std::string>& names);

/// "-0.012 [-0.020, -0.004]".
std::string to_text(const PairedComparison& comparison);

}  // namespace posthoc::study
