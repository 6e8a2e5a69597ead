// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "model/generation/generation_settings.h"
#include "model/t5.h"

namespace dovetail {

// Decodes every source of a batch with the encoder's output and mask (1 for tokens, 0 for padding):
// num_return_sequences hypotheses a source, with beams best first. Ids and beam scores are
// those of transformers 5.23. Sources whose search has ended leave the batch. Throws ConfigError
// for settings that no search can follow.
std::vector<std::vector<Hypothesis>> generate(const T5Model& model, const at::Tensor& memory_BSD,
                                              const at::Tensor& mask_BS,
                                              const GenerationSettings& settings);

// Greedy decoding, ids only: for each row the ids up to and without </s>, at most max_new_tokens.
std::vector<std::vector<int32_t>> generate_greedy(const T5Model& model,
                                                  const at::Tensor& memory_BSD,
                                                  const at::Tensor& mask_BS,
                                                  int64_t max_new_tokens);

}  // namespace dovetail
