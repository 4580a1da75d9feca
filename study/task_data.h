#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/named.h"
#include "data/prepared.h"
#include "study/study.h"

namespace posthoc::study {

/// The rows of one part of a data set for one task.
struct TaskPart {
  std::vector<std::uint8_t> labels;  ///< [n], 1 iff favourable
  std::vector<std::int32_t> groups;  ///< [n], 1 privileged, 0 unprivileged
};

/// Features and labels that tasks share.
struct SharedRows {
  std::string data;    ///< as in `NetworkKey`
  std::string digits;  ///< `NetworkKey::features`
  Tensor train;        ///< [n, d] float32, standardised
  Tensor valid;
  Tensor test;
  std::vector<std::uint8_t> train_labels;
  std::vector<std::uint8_t> valid_labels;
  std::vector<std::uint8_t> test_labels;
};

/// A task with its data.
struct TaskData {
  const Task* task = nullptr;
  std::shared_ptr<const SharedRows> rows;
  TaskPart valid;
  TaskPart test;
  std::string favorable;  ///< label value
};

/// The data of a study's tasks by the tasks' names; features and labels that are the same are held once. `study` must
/// outlive it.
struct StudyData {
  std::map<std::string, TaskData> tasks;
  std::vector<std::string> skipped;  ///< a line for each optional task whose data are absent
};

/// Loads and splits the data of the tasks that experiments use. Paths of CSV files are relative to `base`. Throws
/// `Error` where they are absent or bad, unless they are absent and the task is optional.
StudyData load_study_data(const Study& study, const std::filesystem::path& base,
                          const std::optional<std::filesystem::path>& data_dir);

}  // namespace posthoc::study
