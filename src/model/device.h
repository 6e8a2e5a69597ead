// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

namespace dovetail {

// "cpu", or "cuda": the GPU of this rank's number on its machine (mpirun's and srun's environment
// tell), counted round where there are more ranks than GPUs. Throws ConfigError where LibTorch sees
// no GPU.
at::Device device_from(const std::string& name);

}  // namespace dovetail
