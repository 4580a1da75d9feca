#pragma once

#include "study/network.h"
#include "study/result.h"
#include "study/task_data.h"

namespace posthoc::study {

/// A cell to be computed.
struct Cell {
  CellKey key;
  MethodChoice method;
  Protocol protocol;
  fairness::ThresholdSearch threshold_search;  ///< where the protocol names none
};

/// Runs the cell's method on the validation rows, under its protocol, and judges it on validation and test. The result
/// but for its seconds is a function of its arguments. Throws `Error` as the method does.
CellResult run_cell(const Cell& cell, const TaskData& task, StudyNetwork& network);

/// The cell's objective. An undefined rate counts 0 if the protocol says so.
fairness::Objective objective_of(const Cell& cell);

}  // namespace posthoc::study
