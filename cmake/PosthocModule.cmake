# posthoc_module(NAME <room> SOURCES <files> [DEPENDS <rooms>] [PRIVATE <targets>] [PUBLIC <targets>]
#                [PRIVATE_HEADERS <files>] [PUBLIC_FOLDERS <subfolders>] [PROGRAM_ONLY])
#
# One room of the house: the static library posthoc_<room>, alias posthoc::<room>.
# A room sees the headers of the rooms it depends on and no others: every room has an include directory
# of its own that holds nothing but a link to its folder, so an upward include does not compile.
#
# A room is part of the library that is installed unless it is PROGRAM_ONLY. Its public headers are those that lie in its
# folder itself or in one of the PUBLIC_FOLDERS and are not among the PRIVATE_HEADERS; those of another subfolder are the
# room's own.
function(posthoc_module)
  cmake_parse_arguments(arg "PROGRAM_ONLY" "NAME" "SOURCES;DEPENDS;PRIVATE;PUBLIC;PRIVATE_HEADERS;PUBLIC_FOLDERS" ${ARGN})
  set(target posthoc_${arg_NAME})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(posthoc::${arg_NAME} ALIAS ${target})

  set(include_dir ${PROJECT_BINARY_DIR}/include/${arg_NAME})
  file(MAKE_DIRECTORY ${include_dir})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${include_dir}/${arg_NAME} SYMBOLIC)
  target_include_directories(${target} PUBLIC ${include_dir})
  target_compile_features(${target} PUBLIC cxx_std_20)

  list(TRANSFORM arg_DEPENDS PREPEND posthoc:: OUTPUT_VARIABLE rooms)
  target_link_libraries(${target} PUBLIC ${rooms} ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} posthoc_options posthoc_counted)
  list(JOIN arg_DEPENDS " " depends)
  set_property(GLOBAL APPEND PROPERTY POSTHOC_LINK_GRAPH "${arg_NAME}: ${depends}")

  if(NOT arg_PROGRAM_ONLY)
    list(TRANSFORM arg_PUBLIC_FOLDERS APPEND /*.h)
    file(GLOB headers RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS *.h ${arg_PUBLIC_FOLDERS})
    list(REMOVE_ITEM headers ${arg_PRIVATE_HEADERS} "")
    set_property(GLOBAL APPEND PROPERTY POSTHOC_PUBLIC_ROOMS ${arg_NAME})
    set_property(GLOBAL PROPERTY POSTHOC_PUBLIC_HEADERS_${arg_NAME} ${headers})
    set_property(GLOBAL APPEND PROPERTY POSTHOC_PUBLIC_TARGETS ${arg_PUBLIC})
    set_property(GLOBAL APPEND PROPERTY POSTHOC_PRIVATE_TARGETS ${arg_PRIVATE})
  endif()
endfunction()

# Writes one line a room, "<room>: <rooms it links>", for the test that compares it with the documented table.
function(posthoc_write_link_graph file)
  get_property(lines GLOBAL PROPERTY POSTHOC_LINK_GRAPH)
  list(JOIN lines "\n" text)
  file(WRITE ${file} "${text}\n")
endfunction()
