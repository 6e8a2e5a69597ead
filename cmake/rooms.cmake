# SPDX-License-Identifier: Apache-2.0
# A room is one folder of src/, one static library. Its headers are included as "room/file.h".
#
#   add_room(model/generation SOURCES generate.cc score.cc DEPS dovetail_model [TORCH])
#
# makes dovetail_model_generation. TORCH: links LibTorch and shares the precompiled tensor header;
# the room is left out when the project is configured with DOVETAIL_TORCH=OFF.
function(add_room name)
  cmake_parse_arguments(ROOM "TORCH" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  if(ROOM_TORCH AND NOT DOVETAIL_TORCH)
    return()
  endif()
  string(REPLACE "/" "_" target "dovetail_${name}")
  add_library(${target} STATIC ${ROOM_SOURCES})
  compile_together(${target})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${target}
    PUBLIC ${ROOM_DEPS}
    PRIVATE ${ROOM_PRIVATE_DEPS} dovetail_warnings)
  if(ROOM_TORCH)
    target_link_libraries(${target} PUBLIC LibTorch::torch)
    use_precompiled_headers(${target} torch)
  else()
    use_precompiled_headers(${target} plain)
  endif()
endfunction()

# A clean build compiles the sources of a room together, a few at a time (a unity build): what they
# share, templates of the JSON library most of all, is then instantiated once. Names in anonymous
# namespaces are therefore unique in a room; tests/house/names_test.py holds them to it. Few at a
# time, so that a change of one file is not a change of the whole room.
option(DOVETAIL_UNITY "Compile a room's sources together: clean builds in half the time" OFF)
function(compile_together target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${DOVETAIL_UNITY}
                        UNITY_BUILD_MODE BATCH UNITY_BUILD_BATCH_SIZE 6)
endfunction()

# What nearly every source includes is parsed once for all rooms of a kind:
#   plain  the standard library, JSON and fmt
#   torch  these and at::Tensor; never torch/torch.h, whose pending templates cost every file that
#          loads it 20 s
#   test   plain and GoogleTest
#   tensor_test  torch and GoogleTest
set(_plain_headers <algorithm> <array> <cstdint> <filesystem> <functional> <map> <memory> <optional>
    <set> <span> <string> <string_view> <unordered_map> <utility> <vector>
    <fmt/format.h> <fmt/ranges.h> <nlohmann/json.hpp>)
set(_tensor_headers <ATen/core/Tensor.h> <ATen/Parallel.h> <ATen/TensorOperators.h>
    <ATen/ops/empty.h> <ATen/ops/tensor.h> <ATen/ops/zeros.h>)
set(_test_headers <gmock/gmock.h> <gtest/gtest.h>)
function(use_precompiled_headers target kind)
  set(home dovetail_precompiled_${kind})
  if(NOT TARGET ${home})
    file(WRITE ${PROJECT_BINARY_DIR}/precompiled_${kind}.cc "")
    add_library(${home} STATIC ${PROJECT_BINARY_DIR}/precompiled_${kind}.cc)
    target_link_libraries(${home} PUBLIC fmt::fmt nlohmann_json::nlohmann_json
      PRIVATE dovetail_warnings)
    set(headers ${_plain_headers})
    if(kind MATCHES "torch|tensor_test")
      target_link_libraries(${home} PUBLIC LibTorch::torch)
      list(APPEND headers ${_tensor_headers})
    endif()
    if(kind MATCHES "test")
      target_link_libraries(${home} PUBLIC GTest::gmock)
      list(APPEND headers ${_test_headers})
    endif()
    target_precompile_headers(${home} PRIVATE ${headers})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${home})
endfunction()

# add_room_test(text SOURCES vocabulary_test.cc corpus_test.cc [TORCH] [LABELS unit])
# One test binary a room; in rooms without LibTorch every GoogleTest case is a CTest of its own.
# SLOW "WholeWordNet.*:Claims.*": a GoogleTest filter of the cases that are labelled slow instead.
function(add_room_test name)
  cmake_parse_arguments(TEST "TORCH" "SLOW" "SOURCES;DEPS;LABELS" ${ARGN})
  if(TEST_TORCH AND NOT DOVETAIL_TORCH)
    return()
  endif()
  if(NOT TEST_LABELS)
    set(TEST_LABELS unit)
  endif()
  set(target ${name}_test)
  add_test_program(${target} ${ARGN})
  # A process a case costs nothing, but where it has to load LibTorch first (most of a second).
  if(TEST_TORCH)
    add_test(NAME ${name} COMMAND ${target})
    # one thread: two that wait for each other by spinning stand still beside another test
    set_tests_properties(${name} PROPERTIES LABELS "${TEST_LABELS}" TIMEOUT 120
                         ENVIRONMENT OMP_NUM_THREADS=1)
  else()
    gtest_discover_tests(${target} TEST_FILTER "-${TEST_SLOW}" DISCOVERY_TIMEOUT 60
                         PROPERTIES LABELS "${TEST_LABELS}" TIMEOUT 120)
    if(TEST_SLOW)
      gtest_discover_tests(${target} TEST_FILTER "${TEST_SLOW}" TEST_LIST ${target}_slow
                           DISCOVERY_TIMEOUT 60 PROPERTIES LABELS slow TIMEOUT 120)
    endif()
  endif()
endfunction()

# add_test_program(t5_parity SOURCES t5_parity_test.cc DEPS dovetail_model TORCH): a GoogleTest
# binary that is no CTest yet.
function(add_test_program target)
  cmake_parse_arguments(TEST "TORCH" "SLOW" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${target} ${TEST_SOURCES})
  compile_together(${target})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${target} PRIVATE
    DOVETAIL_SOURCE_DIR="${PROJECT_SOURCE_DIR}" DOVETAIL_BINARY_DIR="${PROJECT_BINARY_DIR}")
  target_link_libraries(${target} PRIVATE ${TEST_DEPS} dovetail_warnings
    GTest::gmock GTest::gtest_main)
  if(TEST_TORCH)
    use_precompiled_headers(${target} tensor_test)
  else()
    use_precompiled_headers(${target} test)
  endif()
endfunction()

# add_mpi_test(comm SOURCES comm_mpi_test.cc DEPS dovetail_comm RANKS 1 2 4)
# The test's own main() reduces the result over the ranks; see tests/mpi/main.cc.
function(add_mpi_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;DEPS;RANKS" ${ARGN})
  set(target ${name}_mpi_test)
  add_executable(${target} ${TEST_SOURCES} ${PROJECT_SOURCE_DIR}/tests/mpi/main.cc)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${target} PRIVATE ${TEST_DEPS} dovetail_warnings GTest::gmock GTest::gtest)
  use_precompiled_headers(${target} test)
  foreach(ranks ${TEST_RANKS})
    add_test(NAME ${name}.mpi_${ranks}
             COMMAND ${PROJECT_SOURCE_DIR}/jobs/launch -n ${ranks} $<TARGET_FILE:${target}>)
    set_tests_properties(${name}.mpi_${ranks} PROPERTIES LABELS mpi TIMEOUT 120)
  endforeach()
endfunction()
include(GoogleTest)
