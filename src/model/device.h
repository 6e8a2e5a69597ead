// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

namespace dovetail {

// The device named "cpu" or "cuda". A rank takes the GPU of its local rank, from the environment of
// mpirun or srun, modulo the number of GPUs. Throws ConfigError for another name, and if LibTorch
// sees no GPU.
at::Device device_from(const std::string& name);

}  // namespace dovetail
