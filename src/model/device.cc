// SPDX-License-Identifier: Apache-2.0
#include "model/device.h"

#include <ATen/Context.h>
#include <dlfcn.h>
#include <torch/cuda.h>

#include <cstdlib>

#include "base/error.h"

namespace dovetail {

namespace {

int rank_on_this_machine() {
  for (const char* name : {"OMPI_COMM_WORLD_LOCAL_RANK", "SLURM_LOCALID", "MPI_LOCALRANKID"}) {
    if (const char* rank = std::getenv(name)) return std::atoi(rank);
  }
  return 0;
}

// The program is linked without them, for they would cost every start a third more time. Loaded,
// they register their kernels; a LibTorch without CUDA has none.
void load_cuda_libraries() {
  const bool loaded = dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) != nullptr;
  if (!loaded)
    throw_<ConfigError>("--device cuda: LibTorch's CUDA libraries cannot be loaded: {}", dlerror());
}

}  // namespace

at::Device device_from(const std::string& name) {
  if (name == "cpu") return at::kCPU;
  if (name != "cuda") throw_<ConfigError>("--device: expected cpu or cuda, found \"{}\"", name);
  load_cuda_libraries();
  const auto count = static_cast<int>(torch::cuda::device_count());
  if (count == 0) {
    throw_<ConfigError>(
        "--device cuda: LibTorch sees no GPU on this machine; nvidia-smi tells whether there is "
        "one with a driver, and --device cpu does without");
  }
  // the same sums in the same order each time, where LibTorch has such a kernel
  at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/true);
  return {at::kCUDA, static_cast<c10::DeviceIndex>(rank_on_this_machine() % count)};
}

}  // namespace dovetail
