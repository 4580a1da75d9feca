#pragma once

#include <cstddef>
#include <string>

// What the backend asks of CUDA's runtime, without CUDA's headers. runtime.cpp asks CUDA; where the kernels run on the
// emulator, tests/cuda/emulated_runtime.cpp stands in its place. Every function throws `Error` with CUDA's own text
// when CUDA reports one, unless said otherwise.

struct CUstream_st;  // CUDA's own name, so that a handle is CUDA's cudaStream_t
struct CUevent_st;

namespace posthoc::cuda {

using StreamHandle = CUstream_st*;

/// How many CUDA devices there are; 0 without a driver.
int device_count();
/// Why there is none, in CUDA's words; empty if there is one.
std::string why_no_device();
/// "NVIDIA H100 80GB HBM3"
std::string device_name(int device);

/// Makes the calls of this thread go to `device`.
void use_device(int device);

/// Device memory of the device in use, aligned to 256 bytes; nullptr when there is no more.
void* allocate(std::size_t bytes);
void release(void* block) noexcept;

/// Work in order, on the device that was in use when it was made. It does not wait for the default stream.
class Stream {
 public:
  Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream();

  [[nodiscard]] StreamHandle handle() const { return handle_; }
  /// Waits until all that was asked for is done.
  void synchronize() const;

 private:
  StreamHandle handle_ = nullptr;
};

/// A point in a stream's work, to measure time between two.
class Event {
 public:
  Event();
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event();

  void record(StreamHandle stream);
  /// Milliseconds on the device from `earlier` to this one; waits for both.
  [[nodiscard]] double milliseconds_since(const Event& earlier) const;

 private:
  CUevent_st* handle_ = nullptr;
};

/// Copies in the stream's order. Those from and to the host are done when they return.
void copy_to_device(const void* host, void* device, std::size_t bytes, StreamHandle stream);
void copy_to_host(const void* device, void* host, std::size_t bytes, StreamHandle stream);
void copy_on_device(const void* from, void* to, std::size_t bytes, StreamHandle stream);

/// Around one launch: made before it, asked after it. On the emulator, which runs one kernel at a time, it is the lock.
class Launch {
 public:
  Launch();
  Launch(const Launch&) = delete;
  Launch& operator=(const Launch&) = delete;
  ~Launch();

  /// Throws `Error` with the kernel's name if CUDA refused the launch.
  void check(const char* kernel) const;
};

}  // namespace posthoc::cuda
