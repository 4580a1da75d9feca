#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "study/study.h"

namespace posthoc::study {

/// How far a run is, after each unit.
struct RunProgress {
  std::size_t done = 0;  ///< units of this run
  std::size_t total = 0;
  double seconds_left = 0.0;  ///< by what units of each kind have taken so far
  std::string unit;           ///< the one that is done
};

struct RunOptions {
  std::filesystem::path base = ".";  ///< paths of CSV files in the study are relative to it
  std::optional<std::filesystem::path> data_dir;
  std::string command;  ///< for the store's `run.json`
  std::string version;
  std::function<void(const RunProgress&)> progress = [](const RunProgress&) {};  ///< called by one thread at a time
  std::function<void(const std::string&)> message = [](const std::string&) {};   ///< what the user has to know
};

/// What a run did.
struct RunSummary {
  std::size_t units = 0;  ///< of the whole study
  std::size_t done_before = 0;
  std::size_t done_now = 0;
  double seconds = 0.0;
  std::int64_t peak_rss_bytes = 0;
};

/// Runs what the store in `folder` does not have yet of a study: units on as many threads as `threads()` says, each on
/// one; long ones first. Results do not depend on the number of threads, nor on interruptions. Throws `Error` as
/// `Store` and `load_study_data` do; and when units failed, after all the others are done.
RunSummary run_study(const Study& study, const std::filesystem::path& folder, const RunOptions& options);

}  // namespace posthoc::study
