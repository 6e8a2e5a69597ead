// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/torch.h>

#include <memory>
#include <vector>

#include "model/weights.h"
#include "sweep/settings.h"

namespace dovetail {

// Changes tensors in place by their gradients. State is created at the first step.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  // `gradient_scale` multiplies every gradient: clipping.
  virtual void step(double learning_rate, double gradient_scale) = 0;
  // Everything needed to go on after an interruption, in a fixed order.
  virtual std::vector<torch::Tensor> state() = 0;
  virtual void set_num_steps(int64_t steps) = 0;
};

// adamw: Loshchilov and Hutter 2019, betas .9 and .999; with rms_scaling each tensor's step is times
// max(1e-3, RMS of the tensor), as nanoT5 does (without it small T5s were seen not to learn).
// adafactor: Shazeer and Stern 2018 with the published arguments of T5 fine-tuning (fixed rate,
// clipping threshold 1, decay -0.8, no first moment, no parameter scaling).
std::unique_ptr<Optimizer> make_optimizer(const OptimizerSettings& settings, NamedTensors trained);
std::unique_ptr<Optimizer> make_adafactor(NamedTensors trained);

// The global norm of all gradients.
double gradient_norm(const NamedTensors& trained);

}  // namespace dovetail
