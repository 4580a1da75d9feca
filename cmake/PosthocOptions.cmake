# Compiler flags that every target of the project shares.
add_library(posthoc_options INTERFACE)
target_compile_features(posthoc_options INTERFACE cxx_std_20)
# posthoc_compile_options(<flags>): of C++; device code has its own (PosthocCuda.cmake).
function(posthoc_compile_options)
  target_compile_options(posthoc_options INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:${ARGN}>")
endfunction()
posthoc_compile_options(
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  # Only an explicit std::fma may fuse: results are then the same bits on every machine.
  -ffp-contract=off
  # Nobody reads errno after a square root; without the branch that sets it, loops with one vectorise. Same bits.
  -fno-math-errno)
if(POSTHOC_WERROR)
  posthoc_compile_options(-Werror)
endif()
if(POSTHOC_SANITIZE)
  target_compile_options(posthoc_options INTERFACE
    -fsanitize=${POSTHOC_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
    # The sanitizers' own code makes GCC see uninitialised reads where there are none; the plain builds look for them.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(posthoc_options INTERFACE -fsanitize=${POSTHOC_SANITIZE})
endif()

# Only the rooms count their lines, so that the tests are compiled as in an optimised build and ccache knows them already.
add_library(posthoc_counted INTERFACE)
if(POSTHOC_COVERAGE)
  # Atomic, for threads count at once. -O1 keeps most lines apart and the tests quick.
  target_compile_options(posthoc_counted INTERFACE -O1 --coverage -fprofile-update=atomic)
  target_link_options(posthoc_options INTERFACE --coverage)
endif()
