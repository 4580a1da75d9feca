#pragma once

namespace posthoc::cpu {

/// Keeps BLAS and LAPACK to the thread that calls them: parallel work is split above this level, by trials and cells,
/// where it never changes a result. To be called before either is used.
void use_one_blas_thread();

}  // namespace posthoc::cpu
