#include "base/error.h"
#include "tensor/cuda/cuda_backend.h"

namespace posthoc {

Backend& cuda_backend(int index) {
  fail("cuda:{}: this build of posthoc has no CUDA backend; use the CPU (Device::cpu(), --device cpu)", index);
}

}  // namespace posthoc
