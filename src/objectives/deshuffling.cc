// SPDX-License-Identifier: Apache-2.0
// The encoder reads the tokens of a text in random order, the decoder writes the text (Liu et al.
// 2019; Raffel et al. 2020, table 3). All orders are equally likely. Six tokens:
//
//   tokens   10 11 12 13 14 15
//   inputs   13 10 15 11 14 12
//   targets  10 11 12 13 14 15
#include "objectives/objective.h"
#include "objectives/parameters.h"

namespace dovetail {

namespace {

const std::string kName = "deshuffling";

Denoised apply(std::span<const int32_t> tokens, const Symbols&, const nlohmann::json&, Rng& rng) {
  Denoised denoised{{tokens.begin(), tokens.end()}, {tokens.begin(), tokens.end()}};
  rng.shuffle(std::span(denoised.inputs));
  return denoised;
}

}  // namespace

Objective deshuffling() {
  return {.name = kName,
          .paper = "Liu et al. 2019; Raffel et al. 2020, table 3",
          .defaults = nlohmann::json::object(),
          .example = nlohmann::json::object(),
          .apply = apply,
          .check = [](const nlohmann::json&) {},
          .chunk_length =
              [](int64_t length, const nlohmann::json&) {
                require_sequence_length(kName, length);
                return length - 1;  // </s>
              }};
}

}  // namespace dovetail
