// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <vector>

#include "model/generation/generation_settings.h"
#include "plan/settings.h"

namespace dovetail {

// A way to make answers, as a sweep names it.
struct DecodingEntry {
  std::string name;
  std::string description;
  nlohmann::json defaults;  // its parameters, under transformers' names; "samples": answers a head
  std::function<void(const nlohmann::json& parameters)> check;  // throws ConfigError
};

// greedy (the default), beam, sample, and as_published: how MTO's harness decoded, whatever its
// configuration said (five beams that sample; facts of the released code), with three answers a
// head, one for each of its test rows. Its min_length of 2 counts the decoder's start, so it is one
// new token; its max_length was 40 in the period of the paper.
const std::vector<DecodingEntry>& decodings();

struct Decoding {
  std::string name;
  GenerationSettings settings;
  int64_t samples = 1;  // answers a head, drawn one by one with seeds of their own
};
Decoding make_decoding(const ChoiceSettings& choice, int64_t max_new_tokens);

}  // namespace dovetail
