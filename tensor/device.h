#pragma once

#include <string>
#include <string_view>

namespace posthoc {

/// Where a tensor's elements lie: the host's memory or one CUDA device.
class Device {
 public:
  enum class Kind { cpu, cuda };

  static Device cpu() { return {Kind::cpu, 0}; }
  static Device cuda(int index = 0) { return {Kind::cuda, index}; }

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] int index() const { return index_; }
  [[nodiscard]] bool is_cpu() const { return kind_ == Kind::cpu; }
  [[nodiscard]] std::string name() const { return is_cpu() ? "cpu" : "cuda:" + std::to_string(index_); }

  friend bool operator==(const Device&, const Device&) = default;

 private:
  Device(Kind kind, int index) : kind_(kind), index_(index) {}

  Kind kind_;
  int index_;
};

/// The device of a name: "cpu"; "cuda", the first CUDA device; "cuda:N"; or "auto", the first CUDA device if there is
/// one and else the CPU. Throws `Error` on another name, and if the device cannot be used, with the reason.
Device parse_device(std::string_view name);

}  // namespace posthoc
