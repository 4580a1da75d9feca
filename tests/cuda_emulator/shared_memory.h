#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cuda_emulator/cuda_emulator.h"

namespace posthoc::emulator {

/// The shared memory of one block: each array is a block of the heap with a zone behind it that nobody may touch.
class SharedMemory {
 public:
  enum class Kind { fixed, dynamic };

  /// The array with this identity; made, and filled with NaN, when first asked for. Null, and the reason in `error`, if
  /// it stands already with another size, or if it is too much for `limit` bytes of its kind.
  void* take(Kind kind, const void* identity, std::size_t bytes, std::size_t limit, CallSite site, std::string& error);

  /// Ends the block: frees all arrays. What was written behind one of them is said in the result, else that is empty.
  std::string release();

 private:
  struct Array {
    Kind kind;
    const void* identity;
    std::size_t bytes;
    char* begin;
    CallSite site;
  };
  std::vector<Array> arrays_;
  std::size_t used_[2] = {0, 0};  // by kind
};

/// "kernels.cuh:12"
std::string text(CallSite site);

}  // namespace posthoc::emulator
