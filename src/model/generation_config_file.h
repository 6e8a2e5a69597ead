// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/foreign_json.h"

namespace dovetail {

// What Dovetail does with each key of generation_config.json: those of GenerationConfig of
// transformers 4.57 and 5.23.
const ForeignFile& generation_config_file();

// The keys whose ids belong to the model: a sweep's decoding, which sets the others aside, keeps
// them.
inline constexpr std::string_view kModelIdKeys[] = {
    "decoder_start_token_id", "bos_token_id",
    "eos_token_id",           "forced_bos_token_id",
    "forced_eos_token_id",    "suppress_tokens",
    "begin_suppress_tokens",  "bad_words_ids",
    "sequence_bias",          "force_bos_token_to_be_generated"};

}  // namespace dovetail
