# POSTHOC_CUDA = AUTO | ON | OFF says whether the library has the CUDA backend beside the CPU's; POSTHOC_HAVE_CUDA is
# what came of it. AUTO: if there is an nvcc that can compile it. docs/cuda.md has the why of each line.
set(POSTHOC_CUDA AUTO CACHE STRING "Build the CUDA backend: AUTO, ON or OFF")
set_property(CACHE POSTHOC_CUDA PROPERTY STRINGS AUTO ON OFF)
if(NOT POSTHOC_CUDA MATCHES "^(AUTO|ON|OFF)$")
  message(FATAL_ERROR "POSTHOC_CUDA is '${POSTHOC_CUDA}'; expected AUTO, ON or OFF")
endif()

set(POSTHOC_HAVE_CUDA OFF)
if(NOT POSTHOC_CUDA STREQUAL "OFF")
  # What CMake would take without these is the compiler's oldest architecture, and its runtime twice.
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 90 CACHE STRING "Compute capabilities to build for, such as 90 or 80;90")
  endif()
  set(CMAKE_CUDA_RUNTIME_LIBRARY None)  # posthoc::cudart below
  if(NOT CMAKE_CUDA_COMPILER AND NOT DEFINED ENV{CUDACXX} AND EXISTS /usr/local/cuda/bin/nvcc)
    set(ENV{CUDACXX} /usr/local/cuda/bin/nvcc)  # where NVIDIA's packages put it, often outside of PATH
  endif()
  include(CheckLanguage)
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    enable_language(CUDA)
    if(NOT DEFINED CMAKE_CUDA20_STANDARD_COMPILE_OPTION)  # CMake 3.25 knows nvcc's standards up to C++17
      set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
      set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION -std=c++20)
      list(APPEND CMAKE_CUDA_COMPILE_FEATURES cuda_std_20)
    endif()
    find_package(CUDAToolkit QUIET)
    if(CUDAToolkit_FOUND AND CMAKE_CUDA_COMPILER_VERSION VERSION_GREATER_EQUAL 12.0)
      find_library(POSTHOC_CUDART_STATIC cudart_static HINTS ${CUDAToolkit_LIBRARY_DIR})
      find_path(POSTHOC_CUBLAS_INCLUDE cublas_v2.h HINTS ${CUDAToolkit_INCLUDE_DIRS})
      mark_as_advanced(POSTHOC_CUDART_STATIC POSTHOC_CUBLAS_INCLUDE)
      if(POSTHOC_CUDART_STATIC AND POSTHOC_CUBLAS_INCLUDE)
        set(POSTHOC_HAVE_CUDA ON)
      endif()
    endif()
  endif()
  if(POSTHOC_CUDA STREQUAL "ON" AND NOT POSTHOC_HAVE_CUDA)
    message(FATAL_ERROR "POSTHOC_CUDA=ON, but there is no nvcc 12.0 or newer with the headers of cuBLAS and the static "
                        "runtime; install the CUDA Toolkit or name its nvcc by -DCMAKE_CUDA_COMPILER=")
  endif()
endif()
message(STATUS "CUDA backend: ${POSTHOC_HAVE_CUDA} (POSTHOC_CUDA=${POSTHOC_CUDA})")
if(NOT POSTHOC_HAVE_CUDA)
  return()
endif()

set(CMAKE_CUDA_STANDARD 20)
set(CMAKE_CUDA_STANDARD_REQUIRED ON)
if(CCACHE AND NOT CMAKE_CUDA_COMPILER_LAUNCHER)
  set(CMAKE_CUDA_COMPILER_LAUNCHER ${CCACHE})
endif()

# Flags of device code. No contraction, as on the host; and a kernel that spills registers to memory is an error. What
# the shared library exports is posthoc.map's to say: hidden here, the type information of posthoc::Error would be
# hidden in the whole library.
add_library(posthoc_cuda_options INTERFACE)
target_compile_options(posthoc_cuda_options INTERFACE
  "$<$<COMPILE_LANGUAGE:CUDA>:--fmad=false;-lineinfo;-Xcompiler=-ffp-contract=off;-Xptxas=-warn-spills,-Werror>")
# {fmt} 9 takes nvcc for a compiler of C++11; and nvcc hands its check of format strings, consteval, on to g++ garbled.
target_compile_definitions(posthoc_cuda_options INTERFACE
  "$<$<COMPILE_LANGUAGE:CUDA>:FMT_USE_CONSTEXPR=1;FMT_CONSTEVAL=>")

# The runtime, linked statically so that the program also starts where no CUDA is installed; cuBLAS is opened when it
# is first needed (tensor/cuda/cublas.cpp). The installed static library brings the runtime's archive along.
add_library(posthoc::cudart INTERFACE IMPORTED GLOBAL)
target_include_directories(posthoc::cudart SYSTEM INTERFACE ${CUDAToolkit_INCLUDE_DIRS})
target_link_libraries(posthoc::cudart INTERFACE ${POSTHOC_CUDART_STATIC} ${CMAKE_DL_LIBS} rt Threads::Threads)
posthoc_dependency(posthoc::cudart FIND "include(\${CMAKE_CURRENT_LIST_DIR}/PosthocCudart.cmake)"
  LIBS "\${libdir}/posthoc/libcudart_static.a -ldl -lrt -pthread")
