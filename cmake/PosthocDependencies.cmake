# Third-party libraries, each a Debian package; docs/dependencies.md says why each was chosen.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(CURL 7.85 REQUIRED)
find_package(LibArchive REQUIRED)
find_package(hwy 1.0.3 REQUIRED)

include(PosthocFindLibrary)
# One without a CMake package: posthoc_find_library, and no further without it.
macro(posthoc_require_library name header library package)
  posthoc_find_library(${name} ${header} "${library}" ${package})
  if(NOT TARGET posthoc::${name})
    message(FATAL_ERROR "${${name}_MISSING}")
  endif()
endmacro()

posthoc_require_library(random123 Random123/philox.h "" librandom123-dev)
posthoc_require_library(openblas cblas.h openblas libopenblas-dev)
posthoc_require_library(tomlplusplus toml++/toml.h "" libtomlplusplus-dev)
posthoc_require_library(csv csv.h csv libcsv-dev)

# posthoc_dependency(<target> FIND <command> [REQUIRES <package>] [LIBS <flags>]): how a program that links the
# installed library finds this one: a command of its package configuration, and a package or flags of posthoc.pc.
# Headers that no public header includes need no line.
function(posthoc_dependency target)
  cmake_parse_arguments(arg "" "FIND;REQUIRES;LIBS" "" ${ARGN})
  foreach(key FIND REQUIRES LIBS)
    set_property(GLOBAL PROPERTY POSTHOC_${key}_${target} "${arg_${key}}")
  endforeach()
endfunction()

posthoc_dependency(fmt::fmt FIND "find_dependency(fmt)" REQUIRES fmt)
posthoc_dependency(Threads::Threads FIND "find_dependency(Threads)" LIBS -pthread)
posthoc_dependency(OpenSSL::Crypto FIND "find_dependency(OpenSSL COMPONENTS Crypto)" REQUIRES libcrypto)
# Flags and not packages: pkg-config --static would ask for the static libraries of everything that these stand on.
posthoc_dependency(CURL::libcurl FIND "find_dependency(CURL)" LIBS -lcurl)
posthoc_dependency(LibArchive::LibArchive FIND "find_dependency(LibArchive)" LIBS -larchive)
posthoc_dependency(hwy::hwy FIND "find_dependency(hwy)" LIBS -lhwy)
posthoc_dependency(posthoc::openblas
  FIND "posthoc_find_library(openblas cblas.h openblas libopenblas-dev)" LIBS -lopenblas)
posthoc_dependency(posthoc::csv FIND "posthoc_find_library(csv csv.h csv libcsv-dev)" LIBS -lcsv)
