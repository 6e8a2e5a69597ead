// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "model/generation/encoded_sources.h"
#include "model/generation/generation_settings.h"
#include "model/t5.h"

namespace dovetail {

// Decodes every source of a batch, from the encoder's output; the sources of several models as
// DecoderSession takes them. Returns num_return_sequences hypotheses a source; those of beam search
// come best first. Ids and beam scores are those of transformers 5.23. Finished sources leave the
// batch. The start, the ends and all else are those of `settings`. Throws ConfigError for invalid
// settings.
std::vector<std::vector<Hypothesis>> generate(std::span<const EncodedSources> parts,
                                              const GenerationSettings& settings);
std::vector<std::vector<Hypothesis>> generate(const T5Model& model, const at::Tensor& memory_BSD,
                                              const at::Tensor& mask_BS,
                                              const GenerationSettings& settings);

// Greedy decoding without scores, with the model's own ids. Returns for each source at most
// max_new_tokens ids, without the end.
std::vector<std::vector<int32_t>> generate_greedy(const T5Model& model,
                                                  const at::Tensor& memory_BSD,
                                                  const at::Tensor& mask_BS,
                                                  int64_t max_new_tokens);

}  // namespace dovetail
