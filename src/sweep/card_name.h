// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sweep/toml_table.h"

namespace dovetail {

// A data set card as a sweep names it: CARD.toml, or CARD.toml#PART for a part of it
// (cards/card.h).
bool names_card(const std::string& given);

// "lm_bff_sst2.toml#split_seed=21" is called lm_bff_sst2.seed21, "atomic2020.toml#xNeed"
// atomic2020.xNeed.
std::string card_label(const std::string& given);

// What find_task will find: beside the sweep file or in the working directory (absolute), else as
// it stands, when `known` has the bare card: it is one of the project's. ConfigError otherwise.
std::string card_location(const toml::node& name, const std::filesystem::path& sweep_file,
                          const std::vector<std::string>& known);

}  // namespace dovetail
