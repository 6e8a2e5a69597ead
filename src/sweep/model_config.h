// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweep/sweep.h"
#include "sweep/toml_table.h"

namespace dovetail {

// Reads the shape in [model] config: a name of the catalogue, a table of config.json keys, or a
// folder with a config.json. Missing keys get the defaults of the published T5 configuration.
Json read_model_config(const toml::node& node, const Sweep& sweep, const Catalogues& catalogues);

// The keys of a folder's config.json that shape the model, without its paths, versions and
// generation settings. ConfigError at `place` if there is no usable config.json.
Json config_of_folder(const std::filesystem::path& folder, const toml::source_region& place);

}  // namespace dovetail
