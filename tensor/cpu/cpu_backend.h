#pragma once

#include "tensor/backend.h"

namespace posthoc {

/// The host's backend: plain loops, and OpenBLAS on one thread for matrix products.
Backend& cpu_backend();

}  // namespace posthoc
