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
#include "objectives/prefix.h"

namespace dovetail {

namespace {

const std::string kName = "prefix_lm";

Denoised apply(std::span<const int32_t> tokens, const Symbols&, const nlohmann::json& parameters,
               Rng& rng) {
  const PrefixSettings settings = read_prefix(kName, parameters);
  const int64_t prefix =
      random_prefix(tokens.size(), settings.min_prefix, settings.max_prefix, rng);
  return {.inputs = {tokens.begin(), tokens.begin() + prefix},
          .targets = {tokens.begin() + prefix, tokens.end()}};
}

}  // namespace

Objective prefix_lm() {
  return {.name = kName,
          .paper = "Liu et al. 2018; Raffel et al. 2020, sec. 3.2.1",
          .defaults = prefix_defaults(),
          .example = nlohmann::json::object(),
          .apply = apply,
          .check = [](const nlohmann::json& parameters) { check_prefix(kName, parameters); },
          .chunk_length =
              [](int64_t length, const nlohmann::json& parameters) {
                return prefix_chunk_length(kName, length, 1, parameters);  // </s>
              },
          .fills = -1};
}

}  // namespace dovetail
