// SPDX-License-Identifier: Apache-2.0
// One sentinel stands for the rest of the text, and the targets begin with it; there is no closing
// sentinel. MTO's "Denoising" (Pouramini and Faili 2024), whose form its masked templates share.
// Six tokens, split after four:
//
//   tokens   10 11 12 13 14 15
//   inputs   10 11 12 13 <extra_id_0>
//   targets  <extra_id_0> 14 15
#include "objectives/noise.h"
#include "objectives/objective.h"
#include "objectives/random_prefix.h"

namespace dovetail {

Objective suffix_denoising() {
  return {.name = "suffix_denoising",
          .paper = "Pouramini and Faili 2024 (MTO), \"Denoising\"",
          .parameters = prefix_parameters(),
          .noise_mask_fn = random_prefix_noise_mask,
          .inputs_fn = noise_span_to_unique_sentinel,
          .targets_fn = noise_spans_after_sentinels,
          .chunk_length_fn =
              [](int64_t length, const nlohmann::json& parameters) {
                return prefix_chunk_length(length, 2, parameters);  // sentinel and </s>
              },
          .check = [](const nlohmann::json& given) { check_prefix("suffix_denoising", given); },
          .answer_style = AnswerStyle::infill};
}

}  // namespace dovetail
