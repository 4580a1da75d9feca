#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include "base/error.h"
#include "debias/fused/cuda/argmin.cuh"
#include "debias/fused/cuda/fold.cuh"
#include "debias/fused/cuda/forward.cuh"
#include "debias/fused/cuda/perturb.cuh"
#include "debias/fused/cuda/sweep.cuh"
#include "debias/fused/cuda/trial_kernels.h"
#include "tensor/cuda/runtime.h"

namespace posthoc::GPU_NS {

/// An array in device memory. Its elements are not initialised.
template <typename T>
class DeviceArray {
 public:
  DeviceArray() = default;
  explicit DeviceArray(std::size_t n) : at_(static_cast<T*>(cuda::allocate(std::max(n * sizeof(T), sizeof(T))))) {
    require(at_ != nullptr, "random: out of device memory: {} bytes were asked for", n * sizeof(T));
  }
  DeviceArray(std::span<const T> values, cuda::StreamHandle stream) : DeviceArray(values.size()) {
    if (!values.empty()) cuda::copy_to_device(values.data(), at_, values.size() * sizeof(T), stream);
  }
  DeviceArray(DeviceArray&& other) noexcept : at_(std::exchange(other.at_, nullptr)) {}
  DeviceArray& operator=(DeviceArray&& other) noexcept {
    std::swap(at_, other.at_);
    return *this;
  }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;
  ~DeviceArray() {
    if (at_ != nullptr) cuda::release(at_);
  }

  [[nodiscard]] T* get() const { return at_; }
  void copy_to(std::span<T> values, cuda::StreamHandle stream) const {
    if (!values.empty()) cuda::copy_to_host(at_, values.data(), values.size() * sizeof(T), stream);
  }

 private:
  T* at_ = nullptr;
};

/// The kernels one after the other in a stream of their own, on the device in use.
class BatchedTrials final : public debias::TrialKernels {
 public:
  BatchedTrials(const debias::TrialPlan& plan, std::span<const std::uint8_t> cells, std::uint64_t seed, double sigma,
                int device)
      : device_(device),
        stream_((cuda::use_device(device), std::make_unique<cuda::Stream>())),
        first_{seed, purpose("perturbation"), 0},
        sigma_(static_cast<float>(sigma)),
        layer_count_(static_cast<int>(plan.layers.size())),
        parameter_count_(static_cast<int>(plan.parameters.size())),
        packed_count_(plan.packed_count),
        hidden_(plan.hidden),
        width_(plan.width),
        layers_(std::span(plan.layers), queue()),
        parameters_(std::span(plan.parameters), queue()),
        statistics_(std::span(plan.statistics), queue()),
        x_(std::span(plan.x), queue()),
        cells_(cells, queue()),
        rows_{x_.get(), plan.rows, plan.padded_rows} {
    constexpr std::size_t kBytes = std::size_t{256} << 20;  // enough trials at once to fill any device
    constexpr std::size_t kMostTrials = 65535;              // of a grid
    const std::size_t words = static_cast<std::size_t>(parameter_count_) + static_cast<std::size_t>(packed_count_) +
                              static_cast<std::size_t>(rows_.count) + sweep_scratch(rows_.count, 1);
    batch_ = static_cast<int>(std::clamp<std::size_t>(kBytes / (4 * words), 1, kMostTrials));
  }

  [[nodiscard]] int batch() const override { return batch_; }

  void scores(std::uint32_t first_trial, int trials, std::span<float> to) override {
    score(first_trial, trials);
    scores_.copy_to(to, queue());
  }

  void cuts(std::uint32_t first_trial, const debias::DeviceObjective& objective,
            std::span<debias::DeviceCut> cuts) override {
    sweep(first_trial, static_cast<int>(cuts.size()), objective);
    cuts_.copy_to(cuts, queue());
  }

  debias::DeviceWinner best(std::uint32_t first_trial, int trials, const debias::DeviceObjective& objective) override {
    sweep(first_trial, trials, objective);
    checked("best_trial", [&] { launch_best_trial(cuts_.get(), trials, winner_.get(), queue()); });
    debias::DeviceWinner winner;
    winner_.copy_to(std::span(&winner, 1), queue());
    return winner;
  }

 private:
  [[nodiscard]] cuda::StreamHandle queue() const { return stream_->handle(); }

  template <typename F>
  static void checked(const char* kernel, F launch) {
    const cuda::Launch guard;
    launch();
    guard.check(kernel);
  }

  // Memory for this many trials.
  void reserve(int trials) {
    if (trials <= reserved_) return;
    const auto n = static_cast<std::size_t>(trials);
    perturbed_ = DeviceArray<float>(n * static_cast<std::size_t>(parameter_count_));
    packed_ = DeviceArray<float>(n * static_cast<std::size_t>(packed_count_));
    scores_ = DeviceArray<float>(n * static_cast<std::size_t>(rows_.count));
    scratch_ = DeviceArray<unsigned>(sweep_scratch(rows_.count, trials));
    cuts_ = DeviceArray<debias::DeviceCut>(n);
    winner_ = DeviceArray<debias::DeviceWinner>(1);
    reserved_ = trials;
  }

  void score(std::uint32_t first_trial, int trials) {
    require(trials >= 1 && trials <= batch_, "trial kernels: a call takes 1 to {} trials, got {}", batch_, trials);
    cuda::use_device(device_);
    reserve(trials);
    const RandomStream first{first_.seed, first_.purpose, first_trial};
    checked("perturb_trials", [&] {
      launch_perturb(parameters_.get(), parameter_count_, first, sigma_, trials, perturbed_.get(), queue());
    });
    checked("fold_layers", [&] {
      launch_fold(layers_.get(), layer_count_, perturbed_.get(), parameter_count_, statistics_.get(), packed_count_,
                  trials, packed_.get(), queue());
    });
    if (rows_.count == 0) return;
    checked("forward", [&] {
      launch_forward(layers_.get(), layer_count_, hidden_, width_, packed_.get(), packed_count_, rows_, trials,
                     scores_.get(), queue());
    });
  }

  void sweep(std::uint32_t first_trial, int trials, const debias::DeviceObjective& objective) {
    require(rows_.count >= 1, "trial kernels: a threshold needs at least one row");
    score(first_trial, trials);
    checked("sweep_trials", [&] {
      launch_sweep(scores_.get(), cells_.get(), rows_.count, objective, trials, scratch_.get(), cuts_.get(), queue());
    });
  }

  int device_;
  std::unique_ptr<cuda::Stream> stream_;
  RandomStream first_;
  float sigma_;
  int layer_count_;
  int parameter_count_;
  int packed_count_;
  int hidden_;
  int width_;
  DeviceArray<debias::DeviceLayer> layers_;
  DeviceArray<float> parameters_;
  DeviceArray<float> statistics_;
  DeviceArray<float> x_;
  DeviceArray<std::uint8_t> cells_;
  debias::DeviceRows rows_;
  int batch_ = 1;

  int reserved_ = 0;
  DeviceArray<float> perturbed_;  // [trials][parameter_count]
  DeviceArray<float> packed_;     // [trials][packed_count]
  DeviceArray<float> scores_;     // [trials][rows]
  DeviceArray<unsigned> scratch_;
  DeviceArray<debias::DeviceCut> cuts_;
  DeviceArray<debias::DeviceWinner> winner_;
};

}  // namespace posthoc::GPU_NS
