// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "sweep/axis_value.h"
#include "sweep/sweep.h"
#include "sweep/toml_table.h"

// Reading one value of an axis: a name, or a table { name = ..., label = ..., parameters }.
namespace dovetail {

AxisValue value_at(const toml::node& node, std::string label, AxisSettings settings);

// The table's key "label", or `otherwise`.
std::string own_label(const toml::node& node, std::string otherwise);

// "wordnet/category" -> "wordnet.category".
std::string dotted(std::string name);

// The node of the name: the value itself, or the table's key "name". ConfigError for anything else.
const toml::node& name_node(const toml::node& node, const std::string& axis);

// The entry of that name; ConfigError with the nearest known name.
const CatalogueEntry& entry_of(const toml::node& name, const std::string& axis,
                               const Entries& entries);

// Applies the entry's check; its ConfigError gets the place of `node`.
void check_choice(const toml::node& node, const CatalogueEntry& entry,
                  const ChoiceSettings& choice);

// The entry with all its parameters. `override_keys` are further keys of the table, which
// `apply_overrides` reads once the keys are known to be right.
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

}  // namespace dovetail
