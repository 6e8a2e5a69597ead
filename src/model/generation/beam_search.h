// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "model/generation/generation_settings.h"
#include "model/t5.h"

namespace dovetail {

// Beam search, or with do_sample beams drawn without replacement: ids and scores are those of
// transformers 5.23. For each source num_return_sequences hypotheses, best first.
std::vector<std::vector<Hypothesis>> beam_search(const T5Model& model, const at::Tensor& memory_BSD,
                                                 const at::Tensor& mask_BS,
                                                 const GenerationSettings& settings);

}  // namespace dovetail
