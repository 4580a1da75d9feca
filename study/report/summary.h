#pragma once

#include <string>
#include <vector>

#include "report/document.h"
#include "study/report/claims.h"
#include "study/report/figures.h"
#include "study/report/results.h"

namespace posthoc::study {

/// Everything that a report says, worked out once.
struct Findings {
  const Results& results;
  VerdictsByProtocol verdicts;
  std::vector<Claim> claims;
  std::size_t degenerate_winners = 0;  ///< cells of a method that chooses, whose choice is degenerate
  std::size_t choosing = 0;            ///< cells of methods that choose: all but the majority decision
};

Findings find_out(const Results& results);

/// What was found, a sentence each.
std::vector<std::string> sentences(const Findings& findings);

/// What was asked, in a paragraph.
std::string question(const Results& results);

/// summary.json.
std::string summary_json(const Findings& findings);

/// What the paper's results are made of, in plain words with the numbers of this store.
report::Document plain_page(const Findings& findings);

}  // namespace posthoc::study
