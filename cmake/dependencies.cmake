# SPDX-License-Identifier: Apache-2.0
# Everything from Debian, but LibTorch (see FindLibTorch.cmake).
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
pkg_check_modules(sentencepiece REQUIRED IMPORTED_TARGET sentencepiece)
pkg_check_modules(ICU REQUIRED IMPORTED_TARGET icu-uc)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(pcre2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(libarchive REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
# Debian calls it hdf5-serial, and its "hdf5" flips to the MPI build as soon as that is installed;
# conda and modules have hdf5 alone.
pkg_search_module(hdf5 REQUIRED IMPORTED_TARGET hdf5-serial hdf5)
pkg_check_modules(mpi REQUIRED IMPORTED_TARGET ompi)

# LibTorch's include folder brings a newer fmt of its own, which Debian's library cannot serve:
# Debian's headers must be found first.
get_target_property(fmt_include fmt::fmt INTERFACE_INCLUDE_DIRECTORIES)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/include)
file(CREATE_LINK ${fmt_include}/fmt ${PROJECT_BINARY_DIR}/include/fmt SYMBOLIC)
include_directories(BEFORE ${PROJECT_BINARY_DIR}/include)

if(DOVETAIL_TORCH)
  find_package(LibTorch 2.11 REQUIRED)
  message(STATUS "LibTorch ${LibTorch_VERSION} in ${LibTorch_INCLUDE_DIR}")
endif()
if(DOVETAIL_TESTS)
  find_package(GTest REQUIRED)
endif()
