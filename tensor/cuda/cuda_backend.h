#pragma once

#include "tensor/backend.h"

namespace posthoc {

/// The backend of CUDA device `index`. Throws `Error` when the library was built without CUDA.
Backend& cuda_backend(int index);

}  // namespace posthoc
