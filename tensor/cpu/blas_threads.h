#pragma once

namespace posthoc::cpu {

/// Keeps BLAS and LAPACK to the thread that calls them: parallel work is split above this level, by trials and cells,
/// where it never changes a result. To be called before either is used.
void use_one_blas_thread();

/// The same, and ends the threads that OpenBLAS has started when it was loaded. They wait for work in a loop, some
/// tens of milliseconds of a core that the program has a use for. For a program's first line: nobody may be in BLAS
/// meanwhile. Does nothing to a BLAS that has no such threads.
void end_blas_threads();

}  // namespace posthoc::cpu
