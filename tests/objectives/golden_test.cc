// SPDX-License-Identifier: Apache-2.0
// The examples that each objective makes of a few texts, as a readable file.
#include <fmt/format.h>

#include "golden/golden.h"
#include "objectives/objective.h"
#include "objectives/sentinels.h"

namespace dovetail {
namespace {

std::string readable(const Ids& ids, const std::vector<std::string>& texts) {
  std::string line;
  for (const int32_t id : ids) {
    if (is_text_id(id)) {
      // a text is two ids; the first stands for it
      if (id % 2 == 0) line += " " + texts[(id - 800) / 2];
    } else {
      line += is_sentinel(id) ? fmt::format(" <extra_id_{}>", 999 - id) : fmt::format(" {}", id);
    }
  }
  return line;
}

std::string show(const Objective& objective, const nlohmann::json& parameters, int num_tokens,
                 uint64_t seed) {
  const Ids tokens = test_tokens(num_tokens);
  Rng rng(seed);
  const Denoised denoised = apply_to(objective, parameters, tokens, rng);
  const std::vector<std::string> texts =
      texts_of(objective, resolve_parameters(objective, parameters));
  return fmt::format("seed {}\ntokens {}\ninputs {}\ntargets{}\n\n", seed, readable(tokens, texts),
                     readable(denoised.inputs, texts), readable(denoised.targets, texts));
}

std::string golden(const Objective& objective) {
  std::string text = fmt::format("{}\n{}\n\n", objective.name, objective.paper);
  text += fmt::format("## six tokens, {}\n\n",
                      objective.example.empty() ? "default parameters" : objective.example.dump());
  for (const uint64_t seed : {1, 2, 3}) text += show(objective, objective.example, 6, seed);
  const nlohmann::json defaults = defaults_of(objective);
  text += fmt::format("## default parameters: {}\n\n", defaults.dump());
  for (const int num_tokens : {2, 24, 40}) text += show(objective, defaults, num_tokens, 1);
  for (const int64_t length : {64, 512}) {
    text += fmt::format("inputs of {} hold texts of {} tokens\n", length,
                        objective.chunk_length(length, defaults));
  }
  return text;
}

TEST(ObjectiveGolden, EveryObjectiveHasOne) {
  for (const Objective& objective : objectives()) {
    expect_golden("objectives/" + objective.name + ".txt", golden(objective));
  }
}

}  // namespace
}  // namespace dovetail
