// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <vector>

#include "base/parameters.h"
#include "model/generation/generation_settings.h"
#include "plan/settings.h"

namespace dovetail {

// A decoding that a sweep file may name.
struct DecodingEntry {
  std::string name;
  std::string description;
  Parameters parameters = {};  // named as in transformers' GenerationConfig, but for "samples"
  // Throws ConfigError for parameters that do not fit together.
  std::function<void(const nlohmann::json& parameters)> check = {};
};

// greedy (the default), beam, sample, and as_published: how the released code of MTO decoded,
// whatever its configuration asked for. It sampled with five beams, and answered each example three
// times, once for each of its test rows. Its min_length of 2 counts the decoder's start token, so
// it is one new token here; its max_length was 40 in the period of the paper.
const std::vector<DecodingEntry>& decodings();

struct Decoding {
  std::string name;
  GenerationSettings settings;
  int64_t samples = 1;  // answers for each test example, drawn one by one with seeds of their own
};

// `max_new_tokens` is the sweep's; a decoding's own takes its place. Throws ConfigError for an
// unknown name and for parameters out of range.
Decoding make_decoding(const ChoiceSettings& choice, int64_t max_new_tokens);

}  // namespace dovetail
