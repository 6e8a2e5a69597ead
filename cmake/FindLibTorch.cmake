# SPDX-License-Identifier: Apache-2.0
# Imported target LibTorch::torch from a LibTorch folder (include/ and lib/), without the
# folder's own CMake package, which insists on a CUDA toolkit. The folder is -DLIBTORCH=DIR or
# the environment's LIBTORCH, else the torch package of the project's .venv.
set(LIBTORCH "$ENV{LIBTORCH}" CACHE PATH "LibTorch folder; empty: the torch wheel in .venv")
set(_libtorch_dir "${LIBTORCH}")
if(NOT _libtorch_dir)
  file(GLOB _libtorch_dir ${PROJECT_SOURCE_DIR}/.venv/lib/python3*/site-packages/torch)
endif()

find_path(LibTorch_INCLUDE_DIR torch/csrc/api/include/torch/torch.h
          PATHS ${_libtorch_dir}/include NO_DEFAULT_PATH)
foreach(_name torch_cpu c10)
  find_library(LibTorch_${_name} ${_name} PATHS ${_libtorch_dir}/lib NO_DEFAULT_PATH)
endforeach()

if(LibTorch_INCLUDE_DIR)
  file(STRINGS ${LibTorch_INCLUDE_DIR}/torch/headeronly/version.h _version_lines
       REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH)")
  string(REGEX MATCHALL "[0-9]+" _version_numbers "${_version_lines}")
  list(JOIN _version_numbers "." LibTorch_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_torch_cpu LibTorch_c10 LibTorch_INCLUDE_DIR
  VERSION_VAR LibTorch_VERSION
  REASON_FAILURE_MESSAGE "run jobs/setup, or name a LibTorch folder with -DLIBTORCH=DIR")

if(LibTorch_FOUND AND NOT TARGET LibTorch::torch)
  add_library(LibTorch::torch INTERFACE IMPORTED)
  target_include_directories(LibTorch::torch SYSTEM INTERFACE
    ${LibTorch_INCLUDE_DIR} ${LibTorch_INCLUDE_DIR}/torch/csrc/api/include)
  # Not libtorch.so, a shell that pulls in the CUDA libraries: they cost every process a third of
  # its start and 300 MB, so device.cc loads them where --device cuda is asked for. libstdc++ first:
  # libtorch exports a std::filesystem::remove_all of its own that calls nothing.
  target_link_libraries(LibTorch::torch INTERFACE
    -Wl,--push-state,--no-as-needed,-lstdc++,--pop-state ${LibTorch_torch_cpu} ${LibTorch_c10})
  # ATen's parallel_for is OpenMP in a header. The threads must be those of LibTorch's own runtime,
  # which the wheel brings: two runtimes would each keep a pool, and the pools would be in each
  # other's way.
  file(GLOB _libgomp ${_libtorch_dir}/lib/libgomp*.so*)
  if(NOT _libgomp)
    set(_libgomp gomp)
  endif()
  if(DOVETAIL_FUZZ)
    # Without clang's OpenMP, another runtime, loops are serial. From version 18 on clang names
    # templates otherwise than the compiler that made the wheel.
    target_compile_options(LibTorch::torch INTERFACE -fclang-abi-compat=17)
  else()
    target_compile_options(LibTorch::torch INTERFACE -fopenmp)
  endif()
  # one header an operation: the header of all takes longer to compile than most of our files
  target_compile_definitions(LibTorch::torch INTERFACE AT_PER_OPERATOR_HEADERS)
  target_link_libraries(LibTorch::torch INTERFACE ${_libgomp})
endif()
