#pragma once

#include <string>

#include "cli/debias_run.h"

namespace posthoc::cli {

/// Writes one HTML page on a debiased model to `file`: before and after for each group, what each threshold would do,
/// the trade-off with every trial, intervals, warnings, settings. `original` is the model as it came. Returns what the
/// user has to know, a line each: that there are no figures without gnuplot, say.
std::vector<std::string> write_debias_report(const DebiasRun& run, const DebiasRun& original,
                                             const DebiasOptions& options, const DebiasTask& task,
                                             const Context& context, const std::string& file);

}  // namespace posthoc::cli
