// SPDX-License-Identifier: Apache-2.0
// Each token is noise by a coin of its own and leaves no trace in the inputs; the targets are what
// was dropped (Raffel et al. 2020, table 3, "I.i.d. noise, drop tokens"). Six tokens, of which 10,
// 12 and 13 are noise:
//
//   tokens   10 11 12 13 14 15
//   inputs   11 14 15
//   targets  10 12 13
#include "objectives/noise.h"
#include "objectives/objective.h"

namespace dovetail {

Objective drop_tokens() {
  return {.name = "drop_tokens",
          .paper = "Raffel et al. 2020, table 3 and sec. 3.3.2",
          .parameters = {noise_density_parameter()},
          .example = {{"noise_density", 0.4}},
          .noise_mask_fn =
              [](int64_t length, const nlohmann::json& parameters, Rng& rng) {
                return iid_noise_mask(length, parameters.at("noise_density"), rng);
              },
          .inputs_fn = drop_noise_tokens,
          .targets_fn = drop_nonnoise_tokens,
          .answer_style = AnswerStyle::infill};
}

}  // namespace dovetail
