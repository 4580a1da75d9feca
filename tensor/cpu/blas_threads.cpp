#include "tensor/cpu/blas_threads.h"

#include <cblas.h>

// What OpenBLAS itself calls before a fork. Only a build with threads of its own has it.
extern "C" int blas_thread_shutdown_() __attribute__((weak));

namespace posthoc::cpu {

void use_one_blas_thread() {
  [[maybe_unused]] static const bool once = [] {
    openblas_set_num_threads(1);
    return true;
  }();
}

void end_blas_threads() {
  use_one_blas_thread();  // first: it starts them anew where there are none
  if (blas_thread_shutdown_ != nullptr) blas_thread_shutdown_();
}

}  // namespace posthoc::cpu
