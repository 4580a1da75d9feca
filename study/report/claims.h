#pragma once

#include <string>
#include <vector>

#include "study/report/results.h"

namespace posthoc::study {

/// What the results under one protocol say of a claim.
struct Judgement {
  std::string protocol;
  std::string verdict;
  std::string without_degenerate;  ///< the same of the results that are not degenerate; empty where it plays no part
};

/// What the paper says in words, what the results say of it, and how that was decided.
struct Claim {
  std::string claim;
  std::string verdict;                ///< "holds", "holds in part", "does not hold" or "not tested"
  std::vector<std::string> evidence;  ///< the numbers, under every protocol, with and without degenerate results
  std::string rule;                   ///< what would count as which verdict
  std::vector<Judgement> judgements;  ///< a protocol each; none of what no protocol changes

  /// Adds a judgement. The verdict is the weaker one of the first protocol's two.
  void judge(const std::string& protocol, const std::string& all, const std::string& without_degenerate = "");
};

/// "corrected: holds, without degenerate results does not hold; published: holds"; empty without judgements.
std::string to_text(const std::vector<Judgement>& judgements);

/// "holds" if all of `count` do, "holds in part" if a part of them does that is at least `part`, else "does not hold";
/// "not tested" of none.
std::string verdict_of_share(std::size_t hold, std::size_t count, double part = 0.5);

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
