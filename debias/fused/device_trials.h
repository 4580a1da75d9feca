#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "debias/fused/cuda/trial_kernels.h"
#include "debias/method.h"

namespace posthoc::debias {

/// The trials of random perturbation on a device other than the host: many at once, scores and thresholds by the
/// kernels of debias/fused/cuda. A trial's point is the one that the host's fused pass gives, to the last bit, as long
/// as the pass multiplies all columns (FirstLayer::dense), as the kernels do.
class DeviceTrials {
 public:
  /// The trials of a problem whose features lie on such a device; null where they do not, or where the kernels do not
  /// take the network (see TrialPlan). Borrows the problem.
  static std::unique_ptr<DeviceTrials> of(const Problem& problem, double sigma);

  /// With kernels of one's own, made for this problem's rows.
  DeviceTrials(const Problem& problem, std::unique_ptr<TrialKernels> kernels);

  /// The points of trials first, first + 1, ...; nothing for a trial with a score that is no number. Objectives and
  /// searches that the sweep kernel does not know are swept on the host, from the device's scores.
  void points(std::int64_t first, std::span<std::optional<TracePoint>> points);

  /// As many trials as are worth one call.
  [[nodiscard]] std::int64_t batch() const { return kernels_->batch(); }

 private:
  [[nodiscard]] TracePoint point(std::int64_t trial, const DeviceCut& cut) const;
  void sweep_on_host(std::int64_t first, std::span<std::optional<TracePoint>> points);

  const Problem& problem_;
  std::unique_ptr<TrialKernels> kernels_;
  std::optional<DeviceObjective> objective_;  // nothing: swept on the host
  fairness::BoundObjective measures_;
  Cells all_;
};

}  // namespace posthoc::debias
