#include "study/status.h"

#include <set>

#include "study/plan.h"

namespace posthoc::study {

std::vector<ExperimentStatus> status_of(const StoreContents& contents) {
  std::set<std::string> found;
  for (const CellResult& cell : contents.cells) found.insert(record_id(cell.key));
  std::vector<ExperimentStatus> all;
  for (const Experiment& experiment : contents.study.experiments) {
    Study alone = contents.study;
    alone.experiments = {experiment};
    ExperimentStatus status{experiment.name};
    for (const Cell& cell : cells_of(alone, experiment.tasks)) {
      ++status.cells;
      if (found.contains(record_id(cell.key))) ++status.done;
    }
    all.push_back(status);
  }
  return all;
}

}  // namespace posthoc::study
