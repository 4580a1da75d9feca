#include "tensor/backend.h"

#include "tensor/cpu/cpu_backend.h"
#include "tensor/cuda/cuda_backend.h"

namespace posthoc {

Backend& backend(Device device) { return device.is_cpu() ? cpu_backend() : cuda_backend(device.index()); }

}  // namespace posthoc
