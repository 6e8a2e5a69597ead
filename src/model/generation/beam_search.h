// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <span>
#include <vector>

#include "model/generation/encoded_sources.h"
#include "model/generation/generation_settings.h"

namespace dovetail {

// Beam search; with do_sample, beams are drawn without replacement. Returns num_return_sequences
// hypotheses for each source, best first, with the ids and scores of transformers 5.23. memory_BSD
// is the encoder's output, mask_BS its mask.
std::vector<std::vector<Hypothesis>> beam_search(std::span<const EncodedSources> parts,
                                                 const GenerationSettings& settings);

}  // namespace dovetail
