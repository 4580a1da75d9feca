#pragma once

#include <string>
#include <vector>

#include "report/csv.h"
#include "report/document.h"
#include "study/report/claims.h"
#include "study/report/figures.h"
#include "study/report/results.h"
#include "study/report/verdicts.h"

namespace posthoc::study {

// Tables for people (report::Table) and for programs (report::Data). A number of ours has the lines of the store that
// it was worked out from.

/// The objective after every method on the main architecture, a table a trade-off: ours under each protocol, published
/// and run again.
std::vector<report::Table> objective_tables(const Results& results, const VerdictsByProtocol& verdicts);

/// The constrained objective: balanced accuracy, bias, and how often the bound holds; a table a measure.
std::vector<report::Table> constrained_tables(const Results& results);
/// A method under a bound on the bias, over all tasks and measures.
struct Bounded {
  std::string method;
  std::string name;           ///< in the table of methods
  std::vector<double> means;  ///< of the performance on test, one a task and measure
  std::size_t networks = 0;   ///< results in all
  std::size_t kept_on_validation = 0;
  std::size_t kept_on_test = 0;
  std::size_t degenerate = 0;
};

std::vector<Bounded> bounded(const Results& results);

/// The same as a table, a row a method. Without rows if there are no such cells.
report::Table constrained_overview(const Results& results);

/// Each method against choosing the threshold alone and against the network as it is, on the same networks, a table a
/// protocol.
std::vector<report::Table> paired_tables(const Results& results);

/// The paper's Table 1: bias and accuracy of the networks as they are.
report::Table networks_table(const Results& results, const VerdictsByProtocol& verdicts);
/// Its Table 2: seconds of each method and task.
report::Table seconds_table(const Results& results);
/// Its Table 3: other classifiers. Without rows if none was trained.
report::Table classifiers_table(const VerdictsByProtocol& verdicts);

/// A row a published number.
report::Table verdicts_table(const std::vector<Verdict>& verdicts, const std::string& protocol);

/// Claims and verdicts at a glance.
report::Table claims_table(const std::vector<Claim>& claims);
/// The claims with all their evidence.
report::Data claims_data(const std::vector<Claim>& claims);

/// Every switch in a sentence, with what turning it alone does to each method that it changes.
report::Table switches_table(const Results& results);

// The same numbers with every digit.
report::Data groups_data(const Results& results);
report::Data cells_data(const Results& results);
report::Data verdicts_data(const VerdictsByProtocol& verdicts);
report::Data paired_data(const Results& results);

/// "0.0616 ± 0.0012", with the standard deviation; "undefined" without a value.
std::string plus_minus(const Sample& sample);
std::string plus_minus(const Moments& moments);

}  // namespace posthoc::study
