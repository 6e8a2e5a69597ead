// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "model/generation/generation_settings.h"

namespace dovetail {

// Applies temperature, top_h, top_k, top_p, min_p, typical_p, epsilon_cutoff and eta_cutoff, in
// transformers' order. Excluded tokens get -infinity; at least min_tokens_to_keep remain (top_h: at
// least one). Scores [rows, V] to the same shape.
at::Tensor warp_for_sampling(const at::Tensor& scores_RV, const GenerationSettings& settings,
                             int64_t min_tokens_to_keep);

}  // namespace dovetail
