#pragma once

#include <string>

#include "study/report/published.h"
#include "study/report/results.h"

// Where the results hold what a published number speaks of.

namespace posthoc::study {

/// The objective that the paper minimises, with this measure.
ObjectiveKey paper_objective(const std::string& measure);

/// The name that the study gives to a task of the paper's data; empty if it has none.
std::string task_name(const Results& results, const std::string& data, const std::string& protected_attribute);

/// What a number's quantity is of a cell, in the sign that the release gives it.
Select selector(const PublishedNumber& number, bool published_protocol);

/// Our group for a number under a protocol, or null. Of a number without a measure, such as the accuracy of a network
/// as it is, the group of any measure.
const Group* group_of(const Results& results, const PublishedNumber& number, const std::string& protocol);

}  // namespace posthoc::study
