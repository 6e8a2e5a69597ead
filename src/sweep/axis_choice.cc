// SPDX-License-Identifier: Apache-2.0
#include "sweep/axis_choice.h"

namespace dovetail {

AxisValue value_at(const toml::node& node, std::string label, AxisSettings settings) {
  return {.label = std::move(label),
          .settings = std::move(settings),
          .line = static_cast<int>(node.source().begin.line),
          .column = static_cast<int>(node.source().begin.column)};
}

std::string own_label(const toml::node& node, std::string otherwise) {
  const toml::table* table = node.as_table();
  const toml::node* label = table ? table->get("label") : nullptr;
  return label ? text(*label, "label") : otherwise;
}

std::string dotted(std::string name) {
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

const toml::node& name_node(const toml::node& node, const std::string& axis) {
  if (node.is_string()) return node;
  if (!node.is_table()) {
    fail_at(node.source(), fmt::format("a value on the axis {} must be a name or a table "
                                       "{{ name = ... }}, not {}",
                                       axis, kind_of(node)));
  }
  if (const toml::node* name = node.as_table()->get("name")) return *name;
  fail_at(node.source(), fmt::format("this table on the axis {} lacks the key \"name\"", axis));
}

const CatalogueEntry& entry_of(const toml::node& name, const std::string& axis,
                               const Entries& entries) {
  const std::string known = known_name(name, axis, names_of(entries));
  return *std::find_if(entries.begin(), entries.end(),
                       [&](const CatalogueEntry& entry) { return entry.name == known; });
}

void check_choice(const toml::node& node, const CatalogueEntry& entry,
                  const ChoiceSettings& choice) {
  if (!entry.check) return;
  try {
    entry.check(choice.parameters);
  } catch (const ConfigError& error) {
    fail_at(node.source(), error.what());
  }
}

}  // namespace dovetail
