// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace dovetail {

// The functions of NVIDIA's NCCL that all-reduce gradients, as its nccl.h declares them since
// version 2.4; tests/comm/nccl_header_check.cc compares the two where there is an nccl.h. They are
// declared here, because the program is built without CUDA: LibTorch brings the library with it.
namespace nccl {

struct UniqueId {
  char internal[128];
};
struct CommOpaque;
using Comm = CommOpaque*;
using Stream = void*;  // cudaStream_t

enum Result : int { kSuccess = 0, kInvalidUsage = 5, kInProgress = 7 };
constexpr int kSum = 0;      // ncclRedOp_t
constexpr int kFloat32 = 7;  // ncclDataType_t

struct Library {
  int (*get_unique_id)(UniqueId* id) = nullptr;
  int (*comm_init_rank)(Comm* comm, int size, UniqueId id, int rank) = nullptr;
  int (*all_reduce)(const void* from, void* to, size_t count, int type, int operation, Comm comm,
                    Stream stream) = nullptr;
  int (*group_start)() = nullptr;
  int (*group_end)() = nullptr;
  int (*comm_get_async_error)(Comm comm, int* error) = nullptr;
  int (*comm_abort)(Comm comm) = nullptr;
  int (*comm_destroy)(Comm comm) = nullptr;
  const char* (*get_error_string)(int error) = nullptr;
};

// The library that the process has loaded, with LibTorch's CUDA libraries; ConfigError where it has
// none.
Library loaded_library();

}  // namespace nccl

}  // namespace dovetail
