#pragma once

#include <string>
#include <vector>

#include "study/report/results.h"

namespace posthoc::study {

/// What the paper says in words, what the results say of it, and how that was decided.
struct Claim {
  std::string claim;
  std::string verdict;                ///< "holds", "holds in part", "does not hold" or "not tested"
  std::vector<std::string> evidence;  ///< the numbers, under every protocol, with and without degenerate results
  std::string rule;                   ///< what would count as which verdict
};

/// The paper's claims on the objective: its spread, and which method does best.
std::vector<Claim> claims_on_methods(const Results& results);

/// Its claims on architectures, other classifiers and times.
std::vector<Claim> claims_on_settings(const Results& results);

/// Its claims on which weights carry the bias (Figure 2).
std::vector<Claim> claims_on_weights(const Results& results);

/// All of them; empty if the results have no trade-off to judge.
std::vector<Claim> claims(const Results& results);

inline constexpr const char* kHolds = "holds";
inline constexpr const char* kHoldsInPart = "holds in part";
inline constexpr const char* kDoesNotHold = "does not hold";
inline constexpr const char* kNotTested = "not tested";

/// `protocols` that figures and claims speak of: corrected and published, of those that the results have; else the
/// first.
std::vector<std::string> main_protocols(const Results& results);

}  // namespace posthoc::study
