#include "tensor/device.h"

#include <charconv>

#include "base/error.h"
#include "tensor/cuda/cuda_backend.h"

namespace posthoc {
namespace {

int parse_index(std::string_view digits, std::string_view name) {
  int index = -1;
  const char* end = digits.data() + digits.size();
  const auto [at, status] = std::from_chars(digits.data(), end, index);
  require(status == std::errc() && at == end && index >= 0,
          "'{}' is no device; expected cpu, cuda, cuda:N with a number N, or auto", name);
  return index;
}

}  // namespace

Device parse_device(std::string_view name) {
  if (name == "cpu") return Device::cpu();
  if (name == "auto") return cuda_device_count() > 0 ? Device::cuda() : Device::cpu();
  const bool first = name == "cuda";
  require(first || name.starts_with("cuda:"), "'{}' is no device; expected cpu, cuda, cuda:N or auto", name);
  const Device device = Device::cuda(first ? 0 : parse_index(name.substr(5), name));
  static_cast<void>(cuda_backend(device.index()));
  return device;
}

}  // namespace posthoc
