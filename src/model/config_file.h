// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/foreign_json.h"

namespace dovetail {

// What Dovetail does with each key of config.json: the keys of T5Config, MT5Config and UMT5Config
// of transformers 4.57 and 5.23, those of the configurations as published, and the generation
// settings that old files hold.
const ForeignFile& config_file();
// By model_type: that of T5, or a decoder-only model's.
const ForeignFile& config_file_of(const std::string& model_type);

// A file's own keys, then those of every config.json that it has not declared: harmless ones, and
// generation settings.
ForeignFile with_common_keys(ForeignFile file);

}  // namespace dovetail
