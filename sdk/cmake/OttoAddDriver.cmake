# otto_add_driver(NAME SOURCES file... [LIBRARIES target...])
#
# Builds a plugin otto-NAME.so that exports its entry function and nothing else, and installs it where otto looks. The
# same in otto's own tree and with an installed SDK:
#
#   cmake_minimum_required(VERSION 3.25)
#   project(otto-acme LANGUAGES CXX)
#   find_package(otto-sdk 0.1 REQUIRED)
#   otto_add_driver(acme SOURCES acme.cpp)
#
# For one user: cmake --install build --prefix ~/.local
function(otto_add_driver name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCES)
    message(FATAL_ERROR "otto_add_driver(NAME SOURCES file... [LIBRARIES target...]), not: ${ARGV}")
  endif()
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
  # `lib`, not Debian's multiarch directory: that is where otto looks, in every prefix.
  install(TARGETS ${target} LIBRARY DESTINATION lib/otto/plugins/${OTTO_ABI})
endfunction()

get_filename_component(OTTO_PLUGIN_MAP ${CMAKE_CURRENT_LIST_DIR}/plugin.map ABSOLUTE)
