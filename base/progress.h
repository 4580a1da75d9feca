#pragma once

#include <cstdint>
#include <string_view>

namespace posthoc {

/// Where long work reports how far it is. The library prints nothing by itself: a program passes a
/// sink that draws. A sink may throw `Cancelled` from `advance` to stop the work.
class Progress {
 public:
  virtual ~Progress() = default;

  /// A stage of `total` equal steps begins, for example ("training", 1001).
  virtual void begin(std::string_view stage, std::int64_t total) = 0;

  /// `steps` more steps of the stage are done. May be called from any thread; `note` is a short
  /// state to show.
  virtual void advance(std::int64_t steps, std::string_view note) = 0;

  /// The stage is over, at its end or before it. What it throws is ignored.
  virtual void end() = 0;
};

/// A stage for the length of a scope: begun at its start, over at its end, also when an exception leaves it.
class ProgressStage {
 public:
  ProgressStage(Progress& progress, std::string_view stage, std::int64_t total) : progress_(progress) {
    progress_.begin(stage, total);
  }
  ProgressStage(const ProgressStage&) = delete;
  ProgressStage& operator=(const ProgressStage&) = delete;
  ~ProgressStage();

  void advance(std::int64_t steps, std::string_view note) { progress_.advance(steps, note); }

 private:
  Progress& progress_;
};

/// The sink that ignores everything.
Progress& no_progress();

}  // namespace posthoc
