// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

namespace dovetail {

// Maps inputs to outputs, of any shapes; inputs may be undefined.
using Recomputed = std::function<std::vector<at::Tensor>(const std::vector<at::Tensor>&)>;

// Activation checkpointing (Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost"):
// runs `run` on the inputs without saving intermediate tensors, and runs it again in the backward
// pass. `run` must compute the same both times. The parameters that it uses get their gradients as
// usual; `parameter` is one of them that requires a gradient if any does.
std::vector<at::Tensor> run_checkpointed(const Recomputed& run,
                                         const std::vector<at::Tensor>& inputs,
                                         const at::Tensor& parameter);

}  // namespace dovetail
