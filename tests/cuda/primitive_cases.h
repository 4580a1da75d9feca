#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tensor/backend.h"

namespace posthoc::testing {

/// How near a device must come to the host.
enum class Nearness {
  bits,     ///< the same bits: IEEE operations alone, in the same order
  library,  ///< functions such as exp, which CUDA has its own of: the same bits on the emulator, a few roundings else
  sum       ///< sums in another order
};

/// One call of one primitive of tensor/backend.h.
struct PrimitiveCase {
  std::string name;
  Nearness nearness;
  /// Operands and outputs, on the host; an output holds what it holds before the call.
  std::vector<Tensor> tensors;
  /// Calls the primitive on the tensors, which now lie on the backend's device, and gives what it made that is not
  /// among them.
  std::function<std::vector<Tensor>(Backend&, std::vector<Tensor>&)> call;
  /// Of a `sum`: what its error is measured by, beside the result itself.
  double scale = 0.0;
};

/// Every primitive, on sizes 0, 1 and around the edges of blocks and tiles, and on random shapes.
std::vector<PrimitiveCase> primitive_cases();

}  // namespace posthoc::testing
