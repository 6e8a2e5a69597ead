// SPDX-License-Identifier: Apache-2.0
// Every token of running text is predicted from those before it (Radford et al. 2018, sec. 3.1;
// Bengio et al. 2003). Of a network that reads one text: nothing is a source, and a start token
// stands before the first token. Six tokens:
//
//   tokens   10 11 12 13 14 15
//   inputs
//   targets  10 11 12 13 14 15
#include "objectives/noise.h"
#include "objectives/objective.h"

namespace dovetail {

Objective language_modelling() {
  return {.name = "language_modelling",
          .paper = "Radford et al. 2018 (GPT), sec. 3.1",
          .inputs_fn = [](const NoisyText&) { return TokenIds(); },
          .targets_fn = all_tokens,
          .answer_style = AnswerStyle::continuation,
          .networks = Networks::causal,
          .running_text = true};
}

}  // namespace dovetail
