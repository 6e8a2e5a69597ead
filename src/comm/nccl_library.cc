// SPDX-License-Identifier: Apache-2.0
#include "comm/nccl_library.h"

#include <dlfcn.h>

#include "base/error.h"

namespace dovetail::nccl {

namespace {

template <typename Function>
void find(Function& function, const char* name) {
  function = reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
  if (function == nullptr) {
    throw_<ConfigError>(
        "--data-parallel on GPUs needs NCCL, and LibTorch has loaded none with a function {}; take "
        "a LibTorch with CUDA and NCCL, or --device cpu",
        name);
  }
}

}  // namespace

Library loaded_library() {
  Library library;
  find(library.get_unique_id, "ncclGetUniqueId");
  find(library.comm_init_rank, "ncclCommInitRank");
  find(library.all_reduce, "ncclAllReduce");
  find(library.group_start, "ncclGroupStart");
  find(library.group_end, "ncclGroupEnd");
  find(library.comm_get_async_error, "ncclCommGetAsyncError");
  find(library.comm_abort, "ncclCommAbort");
  find(library.comm_destroy, "ncclCommDestroy");
  find(library.get_error_string, "ncclGetErrorString");
  return library;
}

}  // namespace dovetail::nccl
