// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "model/weights.h"

namespace dovetail {

// for_each_weight() of a causal network: the names of transformers' LlamaForCausalLM and
// GPT2LMHeadModel in their order, and initial scales as these draw them (Radford et al. 2019, sec.
// 2.3: GPT-2's matrices before a residual are scaled by the root of their number).
void for_each_causal_weight(const T5Config& config, T5Weights& weights,
                            const std::function<void(const WeightSpec&, at::Tensor&)>& visit);

}  // namespace dovetail
