# SPDX-License-Identifier: Apache-2.0
# Language, warnings, sanitizers, and the compiler cache and linker where they are present.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2")   # asserts stay: CHECKs are cheap beside a matrix product

find_program(CCACHE ccache)
if(CCACHE)
  # time_macros and pch_defines: without them nothing that uses a precompiled header is cached
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(dovetail_warnings INTERFACE)
target_compile_options(dovetail_warnings INTERFACE
  -Wall -Wextra -Wswitch -Wno-sign-compare -Wno-missing-field-initializers -Werror)
if(CCACHE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(dovetail_warnings INTERFACE -fpch-preprocess)
endif()
if(DOVETAIL_FUZZ)  # warnings are the business of the compiler that makes the program
  target_compile_options(dovetail_warnings INTERFACE -w)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(DOVETAIL_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
