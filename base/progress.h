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

  /// The stage is over, at its end or before it.
  virtual void end() = 0;
};

/// The sink that ignores everything.
Progress& no_progress();

}  // namespace posthoc
