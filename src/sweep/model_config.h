// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweep/sweep.h"
#include "sweep/toml_table.h"

namespace dovetail {

// The shape of [model] config: a name of the catalogue, a table of config.json keys, or a folder
// that holds a config.json. What the published T5 configuration would default is filled in.
Json read_model_config(const toml::node& node, const Sweep& sweep, const Catalogues& catalogues);

// The keys of a folder's config.json that shape the model; paths, versions and generation
// settings, which such files hold too, are left out. Fails at `place`.
Json config_of_folder(const std::filesystem::path& folder, const toml::source_region& place);

}  // namespace dovetail
