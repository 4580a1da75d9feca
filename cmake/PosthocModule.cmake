# posthoc_module(NAME <room> SOURCES <files> [DEPENDS <rooms>] [PRIVATE <targets>] [PUBLIC <targets>])
#
# One room of the house: the static library posthoc_<room>, alias posthoc::<room>.
# A room sees the headers of the rooms it depends on and no others: every room has an include directory
# of its own that holds nothing but a link to its folder, so an upward include does not compile.
function(posthoc_module)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;DEPENDS;PRIVATE;PUBLIC" ${ARGN})
  set(target posthoc_${arg_NAME})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(posthoc::${arg_NAME} ALIAS ${target})

  set(include_dir ${PROJECT_BINARY_DIR}/include/${arg_NAME})
  file(MAKE_DIRECTORY ${include_dir})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${include_dir}/${arg_NAME} SYMBOLIC)
  target_include_directories(${target} PUBLIC ${include_dir})

  list(TRANSFORM arg_DEPENDS PREPEND posthoc:: OUTPUT_VARIABLE rooms)
  target_link_libraries(${target} PUBLIC ${rooms} ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} posthoc_options)
  list(JOIN arg_DEPENDS " " depends)
  set_property(GLOBAL APPEND PROPERTY POSTHOC_LINK_GRAPH "${arg_NAME}: ${depends}")
endfunction()

# Writes one line a room, "<room>: <rooms it links>", for the test that compares it with the documented table.
function(posthoc_write_link_graph file)
  get_property(lines GLOBAL PROPERTY POSTHOC_LINK_GRAPH)
  list(JOIN lines "\n" text)
  file(WRITE ${file} "${text}\n")
endfunction()
