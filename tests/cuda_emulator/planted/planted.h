#pragma once

namespace posthoc::testing {

/// The number of the bug that the copies of the kernels have, see bugs.cmake; 0 for none.
extern int planted_bug;

}  // namespace posthoc::testing
