#include <iostream>
#include <string>
#include <vector>

#include "cli/app.h"
#include "tensor/cpu/blas_threads.h"

int main(int argc, char** argv) {
  posthoc::cpu::end_blas_threads();
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return posthoc::cli::run(arguments, std::cout, std::cerr);
}
