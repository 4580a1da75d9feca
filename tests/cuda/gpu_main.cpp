#include <cstdio>
#include <gtest/gtest.h>

#include "tensor/cuda/cuda_backend.h"

// The main of the tests that need a CUDA device: without one they are skipped, and say why.
int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (posthoc::cuda_device_count() == 0) {
    std::printf("skipped: no CUDA device can be used: %s\n", posthoc::why_no_cuda_device().c_str());
    return 77;
  }
  return RUN_ALL_TESTS();
}
