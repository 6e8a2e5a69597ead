// SPDX-License-Identifier: Apache-2.0
// UL2's mixture as the code in the paper's appendix makes it (Tay et al. 2022, table 1 and sec.
// 9.2). It differs from ul2, the form of the published checkpoint, in three ways. S is T5's
// prefix_lm: the split is uniform over the text, and there is no sentinel. Each denoiser takes the
// texts that fill its own inputs: of inputs of 512, R and X see up to 1,000 tokens, S 512. And the
// texts of the modes are those of the paper. Six tokens:
//
//   tokens   10 11 12 13 14 15
//   inputs   [R] 10 11 <extra_id_0> 13 14 15    or   [S] 10 11 12 13
//   targets  <extra_id_0> 12                         14 15
#include "objectives/denoisers.h"

namespace dovetail {

Objective ul2_paper() {
  const auto spans = span_denoiser;
  const nlohmann::json prefix_lm = {{"mode", "S"}, {"prefix_lm", true}};
  Objective objective =
      mixture_of_denoisers("ul2_paper", "Tay et al. 2022, table 1 and sec. 9.2",
                           {spans("R", 0.15, 3), spans("R", 0.15, 8), prefix_lm, spans("X", 0.5, 3),
                            spans("X", 0.5, 8), spans("X", 0.15, 64), spans("X", 0.5, 64)},
                           {{"R", "[R]"}, {"S", "[S]"}, {"X", "[X]"}});
  objective.example = {{"denoisers", {spans("R", 0.34, 2), spans("X", 0.67, 2), prefix_lm}}};
  draw_chunks_by_denoiser(objective);
  return objective;
}

}  // namespace dovetail
