// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/foreign_json.h"

namespace dovetail {

// What Dovetail does with each key of config.json: the keys of T5Config, MT5Config and UMT5Config
// of transformers 4.57 and 5.23, those of the configurations as published, and the generation
// settings that old files hold.
const ForeignFile& config_file();

}  // namespace dovetail
