#pragma once

#include <string>

#include "tensor/backend.h"

namespace posthoc {

/// The backend of CUDA device `index`. Throws `Error`, with the reason, when the library was built without CUDA or
/// there is no such device.
Backend& cuda_backend(int index);

/// How many CUDA devices can be used.
int cuda_device_count();
/// Why there is none; empty if there is one.
std::string why_no_cuda_device();

}  // namespace posthoc
