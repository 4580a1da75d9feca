# CUDA's runtime for who links the static library: the archive that was installed beside it, so that no CUDA Toolkit is
# needed.
if(NOT TARGET posthoc::cudart)
  find_package(Threads REQUIRED)
  add_library(posthoc::cudart STATIC IMPORTED)
  get_filename_component(_posthoc_cudart ${CMAKE_CURRENT_LIST_DIR}/../../posthoc/libcudart_static.a ABSOLUTE)
  set_target_properties(posthoc::cudart PROPERTIES IMPORTED_LOCATION ${_posthoc_cudart}
    INTERFACE_LINK_LIBRARIES "Threads::Threads;${CMAKE_DL_LIBS};rt")
endif()
