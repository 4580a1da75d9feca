#include <chrono>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "tensor/cuda/runtime.h"

// CUDA's runtime where the kernels run on the emulator: one device, whose memory is the host's, and no queue: what is
// asked for is done at once.

namespace posthoc::cuda {
namespace {

std::mutex& running() {
  static std::mutex one_kernel_at_a_time;
  return one_kernel_at_a_time;
}

double now() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

int device_count() { return 1; }
std::string why_no_device() { return ""; }
std::string device_name(int /*device*/) { return "emulated"; }
void use_device(int /*device*/) {}

void* allocate(std::size_t bytes) { return std::aligned_alloc(256, (bytes + 255) / 256 * 256); }
void release(void* block) noexcept { std::free(block); }

Stream::Stream() = default;
Stream::~Stream() = default;
void Stream::synchronize() const {}

Event::Event() = default;
Event::~Event() { delete reinterpret_cast<double*>(handle_); }
void Event::record(StreamHandle /*stream*/) {
  if (handle_ == nullptr) handle_ = reinterpret_cast<CUevent_st*>(new double);
  *reinterpret_cast<double*>(handle_) = now();
}
double Event::milliseconds_since(const Event& earlier) const {
  return *reinterpret_cast<const double*>(handle_) - *reinterpret_cast<const double*>(earlier.handle_);
}

void copy_to_device(const void* host, void* device, std::size_t bytes, StreamHandle /*stream*/) {
  std::memcpy(device, host, bytes);
}
void copy_to_host(const void* device, void* host, std::size_t bytes, StreamHandle /*stream*/) {
  std::memcpy(host, device, bytes);
}
void copy_on_device(const void* from, void* to, std::size_t bytes, StreamHandle /*stream*/) {
  std::memcpy(to, from, bytes);
}

Launch::Launch() { running().lock(); }
Launch::~Launch() { running().unlock(); }
void Launch::check(const char* /*kernel*/) const {}  // the emulator throws by itself

}  // namespace posthoc::cuda
