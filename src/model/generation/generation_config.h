// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model/config.h"
#include "model/generation/generation_settings.h"

namespace dovetail {

// What a model's generation_config.json asks of generate(), as transformers 5.23 takes it:
// max_length and min_length count the start, max_new_tokens and min_new_tokens override them.
// `path` is the file's, for messages. Throws ConfigError for a value of the wrong type or out of
// range, and for a key whose effect is not supported; notes keys that are not known.
GenerationSettings settings_of_generation_config(const T5Config& config,
                                                 const std::filesystem::path& path);

// Puts the ids that belong to the model into settings of another source: the start, the ends,
// forced, suppressed and biased ids. Where generation_config.json has no start or no end, those of
// config.json serve, with which the model is trained. Throws ConfigError as above.
void apply_model_ids(const T5Config& config, GenerationSettings& settings);

// The settings of generation_config.json that apply_model_ids() leaves out and that would change
// results, as texts: "num_beams 4".
std::vector<std::string> settings_set_aside(const T5Config& config);

// Sets everything that only sampling reads to its default.
void clear_sampling(GenerationSettings& settings);

}  // namespace dovetail
