// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

namespace dovetail {

using Recomputed = std::function<std::vector<at::Tensor>(const std::vector<at::Tensor>&)>;

// Runs `run` on the inputs without keeping what is in between, and runs it again in the backward
// pass (Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost"). `run` must do the same
// both times; the parameters it uses get their gradients all the same, as long as `parameter`, one
// of them, says by its requires_grad whether there are any to be had.
std::vector<at::Tensor> run_checkpointed(const Recomputed& run,
                                         const std::vector<at::Tensor>& inputs,
                                         const at::Tensor& parameter);

}  // namespace dovetail
