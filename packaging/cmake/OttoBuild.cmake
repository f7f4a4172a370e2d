# How everything in this tree is compiled: warnings, sanitizers, ccache, one precompiled header, output directories.

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
# Everywhere, so that libraries and programs share one precompiled header.
add_compile_options(-fPIC)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# The build tree looks like an installed one, so that the loader finds plugins beside libotto in both.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(OTTO_PLUGIN_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/otto/plugins)
# `lib`, not Debian's multiarch directory: command, library and plugins find each other by relative paths.
set(CMAKE_INSTALL_LIBDIR lib CACHE STRING "")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

# Private to our own targets; never exported.
add_library(otto_compile_options INTERFACE)
target_compile_options(otto_compile_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wold-style-cast -Wextra-semi -Wimplicit-fallthrough -Wsuggest-override -fpch-preprocess
  -Wno-mismatched-new-delete # wrong about coroutine frames in GCC 12
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
if(OTTO_WERROR)
  target_compile_options(otto_compile_options INTERFACE -Werror)
endif()

if(OTTO_SANITIZE)
  # At -O1 with instrumentation GCC 12 takes moved-from optionals and strings for uninitialized.
  add_compile_options(-Wno-maybe-uninitialized)
endif()
if(OTTO_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -O1 -g1)
  add_link_options(-fsanitize=address,undefined)
  # A recycled coroutine frame would hide a use after free.
  add_compile_definitions(BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING)
elseif(OTTO_SANITIZE STREQUAL "thread")
  # GCC warns that ThreadSanitizer does not know Asio's fences; they are not used with a mutex-based scheduler.
  add_compile_options(-fsanitize=thread -Wno-tsan -O1 -g1)
  add_link_options(-fsanitize=thread)
elseif(OTTO_SANITIZE)
  message(FATAL_ERROR "OTTO_SANITIZE must be empty, address or thread, not '${OTTO_SANITIZE}'")
endif()
if(NOT OTTO_SANITIZE AND CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-fstack-protector-strong)
  add_compile_definitions(_FORTIFY_SOURCE=2)
  add_link_options(-Wl,-z,relro,-z,now)
endif()

# One precompiled header for everything that links libotto.
function(otto_use_pch target)
  if(NOT OTTO_NO_PCH)
    target_precompile_headers(${target} REUSE_FROM otto_pch)
  endif()
endfunction()
