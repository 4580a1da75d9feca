# The library that others link: libposthoc, static or shared, from the objects of the rooms; and what `cmake --install`
# puts where.
#
# Both kinds are made of the objects that the rooms compiled for their own static libraries, so that the second kind
# costs a link and no compilation. BUILD_SHARED_LIBS chooses the one that a plain install installs and that the program links.
#
# Components of the install: program, static, shared, development. The kind that was not chosen is left out of a plain
# install and can still be asked for by name.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/posthoc)
set(chosen static)
set(other shared)
if(BUILD_SHARED_LIBS)
  set(chosen shared)
  set(other static)
endif()

get_property(rooms GLOBAL PROPERTY POSTHOC_PUBLIC_ROOMS)
get_property(public GLOBAL PROPERTY POSTHOC_PUBLIC_TARGETS)
get_property(private GLOBAL PROPERTY POSTHOC_PRIVATE_TARGETS)
list(REMOVE_DUPLICATES public)
list(REMOVE_DUPLICATES private)
list(REMOVE_ITEM private ${public} "")

# What the installed library's users must find; of a private library that is only headers, nothing.
set(find_public "")
set(find_private "")
set(link_public "")
set(link_private "")
foreach(visibility public private)
  foreach(target IN LISTS ${visibility})
    get_property(find GLOBAL PROPERTY POSTHOC_FIND_${target})
    if(find)
      list(APPEND link_${visibility} ${target})
      string(APPEND find_${visibility} "  ${find}\n")
      if(find MATCHES "^posthoc_find_library")
        string(APPEND find_${visibility} "  posthoc_check(${target})\n")
      endif()
    else()
      get_target_property(type ${target} TYPE)
      get_target_property(links ${target} INTERFACE_LINK_LIBRARIES)
      if(visibility STREQUAL public OR links OR NOT type STREQUAL INTERFACE_LIBRARY)
        message(FATAL_ERROR "libposthoc links ${target}: say how its users find it, by a line "
                            "posthoc_dependency(${target} ...) in cmake/PosthocDependencies.cmake")
      endif()
    endif()
  endforeach()
endforeach()

set(objects "")
foreach(room IN LISTS rooms)
  list(APPEND objects $<TARGET_OBJECTS:posthoc_${room}>)
endforeach()
foreach(kind static shared)
  string(TOUPPER ${kind} KIND)
  add_library(posthoc_${kind} ${KIND} ${objects})
  set_target_properties(posthoc_${kind} PROPERTIES OUTPUT_NAME posthoc EXPORT_NAME posthoc LINKER_LANGUAGE CXX)
  target_compile_features(posthoc_${kind} INTERFACE cxx_std_20)
  target_link_libraries(posthoc_${kind} PUBLIC ${link_public} PRIVATE ${link_private})
  target_include_directories(posthoc_${kind} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/posthoc>)
endforeach()
if(POSTHOC_TESTS AND NOT POSTHOC_SANITIZE AND NOT POSTHOC_COVERAGE)  # tests/package/ uses both
  set_target_properties(posthoc_${other} PROPERTIES EXCLUDE_FROM_ALL OFF)
else()
  set_target_properties(posthoc_${other} PROPERTIES EXCLUDE_FROM_ALL ON)
endif()

# Before version 1 a minor version may break what was built against the last one; from then on a major one.
set(soversion ${PROJECT_VERSION_MAJOR})
set(compatibility SameMajorVersion)
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(soversion ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  set(compatibility SameMinorVersion)
endif()
set(exports ${PROJECT_SOURCE_DIR}/cmake/posthoc.map)
set_target_properties(posthoc_shared PROPERTIES
  VERSION ${PROJECT_VERSION} SOVERSION ${soversion} LINK_DEPENDS ${exports})
target_link_options(posthoc_shared PRIVATE LINKER:--version-script=${exports} LINKER:--no-undefined LINKER:--as-needed
  $<TARGET_PROPERTY:posthoc_options,INTERFACE_LINK_OPTIONS>)

# In the tree, also for who adds it to a project of his own by add_subdirectory, posthoc::posthoc is all the rooms.
list(TRANSFORM rooms PREPEND posthoc:: OUTPUT_VARIABLE room_targets)
add_library(posthoc_rooms INTERFACE)
target_link_libraries(posthoc_rooms INTERFACE ${room_targets})
add_library(posthoc::posthoc ALIAS posthoc_rooms)

# EXCLUDE_FROM_ALL leaves the other kind out of a plain install.
set(unless_${chosen} "")
set(unless_${other} EXCLUDE_FROM_ALL)
install(TARGETS posthoc_static EXPORT posthoc-static
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT static ${unless_static})
install(TARGETS posthoc_shared EXPORT posthoc-shared
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT shared NAMELINK_COMPONENT shared_link ${unless_shared})
install(EXPORT posthoc-static NAMESPACE posthoc:: DESTINATION ${cmake_dir} COMPONENT static ${unless_static})
install(EXPORT posthoc-shared NAMESPACE posthoc:: DESTINATION ${cmake_dir} COMPONENT shared_link ${unless_shared})

# The package configuration, for CMake and for pkg-config.
set(posthoc_rooms ${rooms})
configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/posthoc-config.cmake.in ${PROJECT_BINARY_DIR}/posthoc-config.cmake
  INSTALL_DESTINATION ${cmake_dir} NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/posthoc-config-version.cmake COMPATIBILITY ${compatibility})

foreach(visibility public private)
  set(requires_${visibility} "")
  set(libs_${visibility} "")
  foreach(target IN LISTS link_${visibility})
    get_property(value GLOBAL PROPERTY POSTHOC_REQUIRES_${target})
    list(APPEND requires_${visibility} ${value})
    get_property(value GLOBAL PROPERTY POSTHOC_LIBS_${target})
    list(APPEND libs_${visibility} ${value})
  endforeach()
  list(JOIN requires_${visibility} " " requires_${visibility})
  list(JOIN libs_${visibility} " " libs_${visibility})
endforeach()
file(RELATIVE_PATH pc_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" pc_to_prefix "${pc_to_prefix}")
configure_file(${CMAKE_CURRENT_LIST_DIR}/posthoc.pc.in ${PROJECT_BINARY_DIR}/posthoc.pc @ONLY)

install(FILES ${PROJECT_BINARY_DIR}/posthoc-config.cmake ${PROJECT_BINARY_DIR}/posthoc-config-version.cmake
  ${CMAKE_CURRENT_LIST_DIR}/PosthocFindLibrary.cmake DESTINATION ${cmake_dir} COMPONENT development)
install(FILES ${PROJECT_BINARY_DIR}/posthoc.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
if(POSTHOC_HAVE_CUDA)
  install(FILES ${POSTHOC_CUDART_STATIC} DESTINATION ${CMAKE_INSTALL_LIBDIR}/posthoc COMPONENT static ${unless_static})
  install(FILES ${CMAKE_CURRENT_LIST_DIR}/PosthocCudart.cmake DESTINATION ${cmake_dir} COMPONENT static
    ${unless_static})
endif()
foreach(room IN LISTS rooms)
  get_property(headers GLOBAL PROPERTY POSTHOC_PUBLIC_HEADERS_${room})
  foreach(header IN LISTS headers)
    cmake_path(GET header PARENT_PATH folder)
    install(FILES ${PROJECT_SOURCE_DIR}/${room}/${header}
      DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/posthoc/${room}/${folder} COMPONENT development)
  endforeach()
endforeach()

# The program, with the words that belong to it. It finds a shared library by its own place, wherever the prefix is.
install(TARGETS posthoc RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md
  DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs ${PROJECT_SOURCE_DIR}/examples DESTINATION ${CMAKE_INSTALL_DOCDIR}
  COMPONENT development FILES_MATCHING PATTERN "*.md" PATTERN "*.cpp")
file(RELATIVE_PATH bin_to_lib /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR})
set_target_properties(posthoc PROPERTIES INSTALL_RPATH "$<$<BOOL:${BUILD_SHARED_LIBS}>:$ORIGIN/${bin_to_lib}>")
