# otto_add_driver(NAME SOURCES file... [LIBRARIES target...])
# A plugin otto-NAME.so that exports its entry function and nothing else.
function(otto_add_driver name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
  set(target otto-${name})
  add_library(${target} MODULE ${arg_SOURCES})
  set_target_properties(${target} PROPERTIES
    PREFIX ""
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  target_link_libraries(${target} PRIVATE otto::sdk ${arg_LIBRARIES})
  # Asio's own pragma makes its symbols visible, so the version script, not the visibility flag, keeps them in.
  target_link_options(${target} PRIVATE
    -Wl,--version-script=${OTTO_PLUGIN_MAP} -Wl,-z,defs,-z,now,-z,nodelete)
  set_target_properties(${target} PROPERTIES LINK_DEPENDS ${OTTO_PLUGIN_MAP})
  if(OTTO_PLUGIN_OUTPUT_DIRECTORY)
    set_target_properties(${target} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${OTTO_PLUGIN_OUTPUT_DIRECTORY})
  endif()
endfunction()

get_filename_component(OTTO_PLUGIN_MAP ${CMAKE_CURRENT_LIST_DIR}/plugin.map ABSOLUTE)
