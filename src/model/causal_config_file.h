// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/foreign_json.h"

namespace dovetail {

// What Dovetail does with each key of a decoder-only model's config.json: the keys of LlamaConfig
// and GPT2Config of transformers 4.57 and 5.23, and those that every config.json may have.
const ForeignFile& llama_config_file();
const ForeignFile& gpt2_config_file();

}  // namespace dovetail
