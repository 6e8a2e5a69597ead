// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "sweep/sections.h"
#include "sweep/sweep.h"
#include "sweep/toml_table.h"

// What the readers of the axes share.
namespace dovetail {

AxisValue value_at(const toml::node& node, std::string label, Json settings);

std::string own_label(const toml::node& node, std::string otherwise);

std::string dotted(std::string name);

// The name of a value that is a name, or a table with a name.
const toml::node& name_node(const toml::node& node, const std::string& axis);

const CatalogueEntry& entry_of(const toml::node& name, const std::string& axis,
                               const std::vector<CatalogueEntry>& entries);

void check_choice(const toml::node& node, const CatalogueEntry& entry,
                  const ChoiceSettings& choice);

// A choice with all its parameters. `apply_overrides` gets the table, once its keys are checked.
template <typename Overrides>
ChoiceSettings read_choice(const toml::node& node, const CatalogueEntry& entry,
                           const std::string& axis, const std::vector<std::string>& override_keys,
                           Overrides apply_overrides) {
  ChoiceSettings choice{entry.name, entry.defaults};
  if (!node.is_table()) return choice;
  std::vector<std::string> known = {"name", "label"};
  for (const auto& [key, value] : entry.defaults.items()) known.push_back(key);
  for (const std::string& key : override_keys) {
    if (!entry.defaults.contains(key)) known.push_back(key);
  }
  const TomlTable table(node, fmt::format("{} \"{}\"", axis, entry.name), known);
  for (const auto& [key, value] : entry.defaults.items()) {
    const bool overrides =
        std::find(override_keys.begin(), override_keys.end(), key) != override_keys.end();
    const toml::node* given = overrides ? nullptr : table.find(key);
    if (given) choice.parameters[key] = like(*given, value, table.name_of(key));
  }
  apply_overrides(table);
  return choice;
}

// The axis objective: a name of the catalogue, or a checkpoint folder.
AxisValue read_objective(const toml::node& node, const Sweep& sweep, const Catalogues& catalogues);

}  // namespace dovetail
