// SPDX-License-Identifier: Apache-2.0
// The encoder reads the tokens of a text in random order, the decoder writes the text (Liu et al.
// 2019; Raffel et al. 2020, table 3). All orders are equally likely. Six tokens:
//
//   tokens   10 11 12 13 14 15
//   inputs   13 10 15 11 14 12
//   targets  10 11 12 13 14 15
#include "objectives/noise.h"
#include "objectives/objective.h"

namespace dovetail {

namespace {

TokenIds permute_tokens(const NoisyText& text) {
  TokenIds inputs = all_tokens(text);
  text.rng.shuffle(std::span(inputs));
  return inputs;
}

}  // namespace

Objective deshuffling() {
  return {.name = "deshuffling",
          .paper = "Liu et al. 2019; Raffel et al. 2020, table 3",
          .inputs_fn = permute_tokens,
          .targets_fn = all_tokens};
}

}  // namespace dovetail
