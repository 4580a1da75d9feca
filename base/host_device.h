#pragma once

/// Before a function that host and device both call. Nothing but for the CUDA compiler.
#ifdef __CUDACC__
#define POSTHOC_HOST_DEVICE __host__ __device__
#else
#define POSTHOC_HOST_DEVICE
#endif
