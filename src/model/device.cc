// SPDX-License-Identifier: Apache-2.0
#include "model/device.h"

#include <ATen/Context.h>
#include <dlfcn.h>
#include <torch/cuda.h>

#include <cstdlib>

#include "base/error.h"

namespace dovetail {

namespace {

int local_rank() {
  for (const char* name : {"OMPI_COMM_WORLD_LOCAL_RANK", "SLURM_LOCALID", "MPI_LOCALRANKID"}) {
    if (const char* rank = std::getenv(name)) return std::atoi(rank);
  }
  return 0;
}

// Loads the CUDA libraries, which then register their kernels. The program is not linked with them,
// because they make every start a third slower.
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
        "--device cuda: LibTorch sees no GPU on this machine; check with nvidia-smi that there is "
        "one "
        "with a driver, or use --device cpu");
  }
  // deterministic kernels, where LibTorch has them
  at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/true);
  return {at::kCUDA, static_cast<c10::DeviceIndex>(local_rank() % count)};
}

}  // namespace dovetail
