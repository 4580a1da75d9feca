#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "study/cell.h"

namespace posthoc::study {

/// The cells that a study asks for, each once, in the order of the experiments; those of tasks that are not among
/// `tasks` are left out.
std::vector<Cell> cells_of(const Study& study, const std::vector<std::string>& tasks);

/// One piece of work, on one thread, and the record that it gives.
struct Unit {
  std::string id;                  ///< `Record::id`
  std::string name;                ///< for people: "random on adult-sex, spd, seed 3"
  std::string kind;                ///< units of one kind take times in proportion to their `cost`
  double cost = 1.0;               ///< about the seconds it takes
  std::vector<std::size_t> needs;  ///< units that must be done before, by their place in the list
  std::function<Record()> run;
  std::function<bool()> is_intact;  ///< whether what it leaves beside its record is still there; unset: nothing is
};

/// All units of a study: first the networks, then what needs them. `study` and `data` must outlive it.
std::vector<Unit> plan(const Study& study, const StudyData& data, const std::filesystem::path& models);

}  // namespace posthoc::study
