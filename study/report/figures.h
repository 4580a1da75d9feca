#pragma once

#include <optional>
#include <vector>

#include "report/document.h"
#include "study/report/results.h"
#include "study/report/verdicts.h"

namespace posthoc::study {

/// The verdicts under the protocols that figures show.
struct VerdictsByProtocol {
  std::vector<Verdict> published;
  std::vector<Verdict> corrected;

  /// Of a protocol's label; empty for another.
  [[nodiscard]] const std::vector<Verdict>& of(const std::string& protocol) const;
};

/// Figure 1, plots 1-3: the objective of every method on every task, a figure a measure and trade-off.
std::vector<report::Figure> objective_figures(const Results& results, const VerdictsByProtocol& verdicts);

/// Plots 4-6: bias against accuracy, with curves of equal objective: the paper's three tasks, or all of a study that
/// has none of these.
std::vector<report::Figure> plane_figures(const Results& results, const VerdictsByProtocol& verdicts);

/// Plots 7-8: the objective on every architecture, a figure a task and measure that has several.
std::vector<report::Figure> architecture_figures(const Results& results, const VerdictsByProtocol& verdicts);

/// How each method differs from choosing the threshold alone, on the same networks; nothing without the method
/// `threshold`.
std::optional<report::Figure> paired_figure(const Results& results);

/// The constrained objective: balanced accuracy on test, and how often the bound holds there. Nothing without such
/// cells.
std::optional<report::Figure> constrained_figure(const Results& results);

/// How far every comparable number is from the published one, in joint standard errors. Nothing without any.
std::optional<report::Figure> verdict_figure(const VerdictsByProtocol& verdicts);

}  // namespace posthoc::study
