#include "base/error.h"
#include "tensor/cuda/cuda_backend.h"

// What stands in place of cuda_backend.cpp in a build without CUDA.

namespace posthoc {

Backend& cuda_backend(int index) { fail("cuda:{}: {}; or use the CPU", index, why_no_cuda_device()); }

int cuda_device_count() { return 0; }

std::string why_no_cuda_device() { return "built without CUDA; configure with -DPOSTHOC_CUDA=ON"; }

}  // namespace posthoc
