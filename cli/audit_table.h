#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "fairness/bootstrap.h"
#include "fairness/report.h"

namespace posthoc::cli {

/// What a group is called in tables: "0 unprivileged", "1 privileged", "2", or "0 women" with names given.
std::string group_label(int group, const std::vector<std::string>& names);

/// The table of an audit for people: groups, then every measure with its interval, then what is undefined and why.
/// `intervals` is empty or has one entry a measure, in order.
void print_audit(std::ostream& out, const fairness::Audit& audit,
                 const std::vector<fairness::MeasureInterval>& intervals, const std::vector<std::string>& group_names);

/// Why some numbers of an audit should not be relied on: groups without rows, and groups with fewer than `smallest`
/// rows, or rows of either label.
std::vector<std::string> small_group_warnings(const fairness::Audit& audit, int smallest,
                                              const std::vector<std::string>& group_names);

}  // namespace posthoc::cli
