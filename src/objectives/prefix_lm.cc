// SPDX-License-Identifier: Apache-2.0
// The encoder reads the beginning of a text, the decoder writes the rest; no sentinel (Liu et al.
// 2018; Raffel et al. 2020, sec. 3.2.1; T5's random_prefix_noise_mask: the split is uniform in
// [1, length - 1]). MTO's "LM" (Pouramini and Faili 2024). Six tokens, split after four:
//
//   tokens   10 11 12 13 14 15
//   inputs   10 11 12 13
//   targets  14 15
#include "objectives/noise.h"
#include "objectives/objective.h"
#include "objectives/random_prefix.h"

namespace dovetail {

Objective prefix_lm() {
  return {.name = "prefix_lm",
          .paper = "Liu et al. 2018; Raffel et al. 2020, sec. 3.2.1",
          .parameters = prefix_parameters(),
          .noise_mask_fn = random_prefix_noise_mask,
          .inputs_fn = drop_noise_tokens,
          .targets_fn = drop_nonnoise_tokens,
          .chunk_length_fn =
              [](int64_t length, const nlohmann::json& parameters) {
                return prefix_chunk_length(length, 1, parameters);  // </s>
              },
          .check = [](const nlohmann::json& given) { check_prefix("prefix_lm", given); },
          .answer_style = AnswerStyle::continuation,
          .networks = Networks::both};
}

}  // namespace dovetail
