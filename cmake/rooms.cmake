# SPDX-License-Identifier: Apache-2.0
# A room is one folder of src/, one static library. Its headers are included as "room/file.h".
#
#   add_room(model SOURCES t5.cc checkpoint.cc DEPS dovetail_base [TORCH])
#
# TORCH: links LibTorch and reuses the one precompiled torch header; the room is left out when
# the project is configured with DOVETAIL_TORCH=OFF.
function(add_room name)
  cmake_parse_arguments(ROOM "TORCH" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  if(ROOM_TORCH AND NOT DOVETAIL_TORCH)
    return()
  endif()
  set(target dovetail_${name})
  add_library(${target} STATIC ${ROOM_SOURCES})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${target}
    PUBLIC ${ROOM_DEPS}
    PRIVATE ${ROOM_PRIVATE_DEPS} dovetail_warnings)
  if(ROOM_TORCH)
    target_link_libraries(${target} PUBLIC LibTorch::torch)
    use_torch_precompiled_header(${target})
  endif()
endfunction()

# torch/torch.h takes half a minute to compile: once for the whole project.
function(use_torch_precompiled_header target)
  if(NOT TARGET dovetail_torch_precompiled)
    file(WRITE ${PROJECT_BINARY_DIR}/torch_precompiled.cc "")
    add_library(dovetail_torch_precompiled STATIC ${PROJECT_BINARY_DIR}/torch_precompiled.cc)
    target_link_libraries(dovetail_torch_precompiled PUBLIC LibTorch::torch PRIVATE dovetail_warnings)
    target_precompile_headers(dovetail_torch_precompiled PRIVATE <torch/torch.h> <nlohmann/json.hpp>)
  endif()
  target_precompile_headers(${target} REUSE_FROM dovetail_torch_precompiled)
endfunction()

# GoogleTest and the JSON library are most of what a small test file takes to compile.
function(use_test_precompiled_header target)
  if(NOT TARGET dovetail_test_precompiled)
    file(WRITE ${PROJECT_BINARY_DIR}/test_precompiled.cc "")
    add_library(dovetail_test_precompiled STATIC ${PROJECT_BINARY_DIR}/test_precompiled.cc)
    target_link_libraries(dovetail_test_precompiled PUBLIC dovetail_base PRIVATE dovetail_warnings GTest::gmock)
    target_precompile_headers(dovetail_test_precompiled PRIVATE <gmock/gmock.h> <gtest/gtest.h> <nlohmann/json.hpp>
                              <fmt/format.h> <filesystem> <fstream> <map> <set>)
  endif()
  target_precompile_headers(${target} REUSE_FROM dovetail_test_precompiled)
endfunction()

# add_room_test(text SOURCES vocabulary_test.cc corpus_test.cc [TORCH] [LABELS unit])
# One test binary a room; in rooms without LibTorch every GoogleTest case is a CTest of its own.
function(add_room_test name)
  cmake_parse_arguments(TEST "TORCH" "" "SOURCES;DEPS;LABELS" ${ARGN})
  if(TEST_TORCH AND NOT DOVETAIL_TORCH)
    return()
  endif()
  if(NOT TEST_LABELS)
    set(TEST_LABELS unit)
  endif()
  set(target ${name}_test)
  add_executable(${target} ${TEST_SOURCES})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${target} PRIVATE
    DOVETAIL_SOURCE_DIR="${PROJECT_SOURCE_DIR}" DOVETAIL_BINARY_DIR="${PROJECT_BINARY_DIR}")
  target_link_libraries(${target} PRIVATE ${TEST_DEPS} dovetail_warnings GTest::gmock GTest::gtest_main)
  if(TEST_TORCH)
    use_torch_precompiled_header(${target})
  else()
    use_test_precompiled_header(${target})
  endif()
  # A process a case costs nothing, but where it has to load LibTorch first (most of a second).
  if(TEST_TORCH)
    add_test(NAME ${name} COMMAND ${target})
    # one thread: two that wait for each other by spinning stand still beside another test
    set_tests_properties(${name} PROPERTIES LABELS "${TEST_LABELS}" TIMEOUT 120
                         ENVIRONMENT OMP_NUM_THREADS=1)
  else()
    gtest_discover_tests(${target} PROPERTIES LABELS "${TEST_LABELS}" TIMEOUT 120
                         DISCOVERY_TIMEOUT 60)
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
  foreach(ranks ${TEST_RANKS})
    add_test(NAME ${name}.mpi_${ranks}
             COMMAND ${PROJECT_SOURCE_DIR}/jobs/launch -n ${ranks} $<TARGET_FILE:${target}>)
    set_tests_properties(${name}.mpi_${ranks} PROPERTIES LABELS mpi TIMEOUT 120)
  endforeach()
endfunction()
include(GoogleTest)
