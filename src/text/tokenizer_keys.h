// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/foreign_json.h"

namespace dovetail {

// The top-level keys of a tokenizer's files, as transformers 5.23 and 4.57 and tokenizers 0.23
// write them. added_tokens.json has none: its keys are the tokens.
const ForeignFile& tokenizer_json_keys();
const ForeignFile& tokenizer_config_keys();
const ForeignFile& special_tokens_map_keys();

}  // namespace dovetail
