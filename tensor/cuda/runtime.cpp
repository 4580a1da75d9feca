#include "tensor/cuda/runtime.h"

#include <cuda_runtime_api.h>

#include "base/error.h"

namespace posthoc::cuda {
namespace {

void check(cudaError_t status, const char* call) {
  if (status == cudaSuccess) return;
  static_cast<void>(cudaGetLastError());  // else the next launch would report this error again
  fail("CUDA: {}: {} ({})", call, cudaGetErrorString(status), cudaGetErrorName(status));
}

// A driver that is missing or too old is not cudaErrorNoDevice: any error means that there is nothing to run on.
cudaError_t count_devices(int& count) {
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status == cudaSuccess) return status;
  static_cast<void>(cudaGetLastError());
  count = 0;
  return status;
}

}  // namespace

#define POSTHOC_CHECK(call) check(call, #call)

int device_count() {
  int count = 0;
  count_devices(count);
  return count;
}

std::string why_no_device() {
  int count = 0;
  const cudaError_t status = count_devices(count);
  if (status != cudaSuccess) return cudaGetErrorString(status);
  return count == 0 ? "no CUDA-capable device is detected" : "";
}

std::string device_name(int device) {
  cudaDeviceProp properties{};
  POSTHOC_CHECK(cudaGetDeviceProperties(&properties, device));
  return properties.name;
}

void use_device(int device) { POSTHOC_CHECK(cudaSetDevice(device)); }

void* allocate(std::size_t bytes) {
  void* block = nullptr;
  const cudaError_t status = cudaMalloc(&block, bytes);
  if (status == cudaErrorMemoryAllocation) {
    static_cast<void>(cudaGetLastError());
    return nullptr;
  }
  check(status, "cudaMalloc(&block, bytes)");
  return block;
}

void release(void* block) noexcept { static_cast<void>(cudaFree(block)); }

Stream::Stream() { POSTHOC_CHECK(cudaStreamCreateWithFlags(&handle_, cudaStreamNonBlocking)); }
Stream::~Stream() { static_cast<void>(cudaStreamDestroy(handle_)); }
void Stream::synchronize() const { POSTHOC_CHECK(cudaStreamSynchronize(handle_)); }

Event::Event() { POSTHOC_CHECK(cudaEventCreate(&handle_)); }
Event::~Event() { static_cast<void>(cudaEventDestroy(handle_)); }
void Event::record(StreamHandle stream) { POSTHOC_CHECK(cudaEventRecord(handle_, stream)); }

double Event::milliseconds_since(const Event& earlier) const {
  float milliseconds = 0.0F;
  POSTHOC_CHECK(cudaEventSynchronize(handle_));
  POSTHOC_CHECK(cudaEventElapsedTime(&milliseconds, earlier.handle_, handle_));
  return milliseconds;
}

void copy_to_device(const void* host, void* device, std::size_t bytes, StreamHandle stream) {
  POSTHOC_CHECK(cudaMemcpyAsync(device, host, bytes, cudaMemcpyHostToDevice, stream));
  POSTHOC_CHECK(cudaStreamSynchronize(stream));  // where the device reads the host's pages, nothing was staged
}

void copy_to_host(const void* device, void* host, std::size_t bytes, StreamHandle stream) {
  POSTHOC_CHECK(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, stream));
  POSTHOC_CHECK(cudaStreamSynchronize(stream));
}

void copy_on_device(const void* from, void* to, std::size_t bytes, StreamHandle stream) {
  POSTHOC_CHECK(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream));
}

Launch::Launch() = default;
Launch::~Launch() = default;
void Launch::check(const char* kernel) const { cuda::check(cudaGetLastError(), kernel); }

}  // namespace posthoc::cuda
