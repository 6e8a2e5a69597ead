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
#include "objectives/prefix.h"

namespace dovetail {

namespace {

const std::string kName = "suffix_denoising";

Denoised apply(std::span<const int32_t> tokens, const Symbols& symbols,
               const nlohmann::json& parameters, Rng& rng) {
  const int32_t sentinel = only_sentinel(kName, symbols.sentinels);
  const PrefixSettings settings = read_prefix(kName, parameters);
  const int64_t prefix =
      random_prefix(tokens.size(), settings.min_prefix, settings.max_prefix, rng);
  Denoised denoised{{tokens.begin(), tokens.begin() + prefix}, {sentinel}};
  denoised.inputs.push_back(sentinel);
  denoised.targets.insert(denoised.targets.end(), tokens.begin() + prefix, tokens.end());
  return denoised;
}

}  // namespace

Objective suffix_denoising() {
  return {.name = kName,
          .paper = "Pouramini and Faili 2024 (MTO), \"Denoising\"",
          .defaults = prefix_defaults(),
          .example = nlohmann::json::object(),
          .apply = apply,
          .check = [](const nlohmann::json& parameters) { check_prefix(kName, parameters); },
          .chunk_length =
              [](int64_t length, const nlohmann::json& parameters) {
                return prefix_chunk_length(kName, length, 2, parameters);  // sentinel and </s>
              },
          .fills = 1};
}

}  // namespace dovetail
