// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "text/added_tokens.h"

namespace dovetail {

// Writes tokens that a sweep adds into a tokenizer's files (their bytes by name), where
// transformers looks for them: into tokenizer.json and added_tokens_decoder of
// tokenizer_config.json as far as these are there, and into added_tokens.json. All other content
// stays.
void write_added_tokens(const std::vector<AddedToken>& tokens,
                        std::map<std::string, std::string>& files);

}  // namespace dovetail
