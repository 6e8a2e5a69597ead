// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "model/config.h"

namespace dovetail {

// config.json of a model folder as it stands there, and what it says together with
// generation_config.json. Whether the head is tied is not yet known: see set_tied_head().
struct FolderConfigs {
  nlohmann::json config_json;
  T5Config config;
};

// Throws ConfigError for a folder that is not a checkpoint and for refused keys of config.json, and
// DataError for files that are not JSON. Notes unknown keys. As in transformers 5.23, generation
// settings of config.json count where generation_config.json is missing, and there alone; what
// they say is checked where generation reads them.
FolderConfigs read_folder_configs(const std::filesystem::path& folder);

// The generation_config.json of a folder to be written: the one that the model came with, with the
// ids that it lacks and without which transformers could not generate.
nlohmann::json generation_config_json(const T5Config& config);

// The ids of a model that change results, for the keys of its jobs. Empty for T5's own: the decoder
// starts with 0, answers end with 1, and nothing is forced or suppressed.
std::string unusual_ids(const T5Config& config);

}  // namespace dovetail
