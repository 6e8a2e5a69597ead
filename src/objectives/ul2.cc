// SPDX-License-Identifier: Apache-2.0
// A mixture of denoisers (Tay et al. 2022, table 1): R, regular span corruption; X, extreme, with
// long spans or many; S, sequential, whose one span ends the text. Each example is drawn from one
// of the paper's seven, by equal weights, and begins with the text that names its mode. Six tokens:
//
//   tokens   10 11 12 13 14 15
//   inputs   [NLU] 10 11 <extra_id_0> 13 14 15    or   [S2S] 10 11 12 13 <extra_id_0>
//   targets  <extra_id_0> 12                           <extra_id_0> 14 15
//
// denoisers = [{ mode = "X", noise_density = 0.5, mean_noise_span_length = 3, weight = 1 }, ...]. A
// denoiser without mean_noise_span_length has one span at the end, of a length that is uniform
// around its mean of noise_density (of 100 tokens and 0.25: 1 to 50); with prefix_lm = true the
// split is anywhere and there is no sentinel. The texts, and the sentinel of S, are those of the
// published checkpoint; ul2_paper has the form of the paper's code.
#include "objectives/denoisers.h"

namespace dovetail {

Objective ul2() {
  const auto spans = span_denoiser;
  const auto span_at_end = [](double noise_density) {
    return nlohmann::json{{"mode", "S"}, {"noise_density", noise_density}};
  };
  Objective objective = mixture_of_denoisers(
      "ul2", "Tay et al. 2022, table 1",
      {spans("R", 0.15, 3), spans("R", 0.15, 8), span_at_end(0.25), spans("X", 0.5, 3),
       spans("X", 0.5, 8), spans("X", 0.15, 64), spans("X", 0.5, 64)},
      {{"R", "[NLU]"}, {"S", "[S2S]"}, {"X", "[NLG]"}});
  objective.example = {{"denoisers", {spans("R", 0.34, 2), spans("X", 0.67, 2), span_at_end(0.4)}}};
  return objective;
}

}  // namespace dovetail
