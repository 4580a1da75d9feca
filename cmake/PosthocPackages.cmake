# The Debian packages that `cpack` makes (scripts/package.sh): the program; the shared library; and headers, static
# library and package configurations for development. dpkg-shlibdeps finds what the binaries depend on.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "posthoc <posthoc@localhost>" CACHE STRING "Maintainer of the Debian packages, name <address>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_COMPONENTS_ALL program shared shared_link static development)
set(CPACK_COMPONENT_PROGRAM_GROUP program)
set(CPACK_COMPONENT_SHARED_GROUP library)
foreach(component SHARED_LINK STATIC DEVELOPMENT)
  set(CPACK_COMPONENT_${component}_GROUP dev)
endforeach()

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(library_package libposthoc${soversion})
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME posthoc)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION
    "${PROJECT_DESCRIPTION} (program)\nTrains a network, makes the decisions of a trained one fairer, and measures both.")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME ${library_package})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_DESCRIPTION "${PROJECT_DESCRIPTION} (shared library)\nWhat programs that link libposthoc need to run.")
set(CPACK_DEBIAN_DEV_PACKAGE_NAME libposthoc-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
# The packages whose libraries and headers the configurations for CMake and pkg-config ask for.
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS
    "${library_package} (= ${PROJECT_VERSION}), libfmt-dev, libopenblas-dev, libcsv-dev, libssl-dev, libcurl4-openssl-dev, libarchive-dev, libhwy-dev")
set(CPACK_DEBIAN_DEV_DESCRIPTION "${PROJECT_DESCRIPTION} (development)\n\
Headers, the static library, and the configurations for CMake and pkg-config.")
# Each package has its licence where Debian looks for it. EXCLUDE_FROM_ALL: a plain install has it once already.
foreach(package_component posthoc:program ${library_package}:shared libposthoc-dev:development)
  string(REGEX MATCH "^([^:]*):(.*)$" match ${package_component})
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/${CMAKE_MATCH_1}
    RENAME copyright COMPONENT ${CMAKE_MATCH_2} EXCLUDE_FROM_ALL)
endforeach()
if(BUILD_SHARED_LIBS)
  # The library is in no installed package yet, where dpkg-shlibdeps would look for it.
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR})
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "${library_package} (= ${PROJECT_VERSION})")
endif()
include(CPack)
