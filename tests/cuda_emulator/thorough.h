#pragma once

namespace posthoc::testing {

/// Whether this build should try everything. Sanitizers watch how memory is used, which differs from shape to shape but
/// not from objective to objective, and take their time: they get each kind of case once.
#if defined(POSTHOC_EMULATED_asan) || defined(POSTHOC_EMULATED_tsan)
inline constexpr bool kThorough = false;
#else
inline constexpr bool kThorough = true;
#endif

}  // namespace posthoc::testing
