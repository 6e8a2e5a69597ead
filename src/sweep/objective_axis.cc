// SPDX-License-Identifier: Apache-2.0
#include "sweep/objective_axis.h"

#include "base/error.h"
#include "base/names.h"
#include "sweep/axis_choice.h"
#include "sweep/model_config.h"
#include "sweep/pretrain_section.h"

namespace dovetail {

namespace {

AxisValue read_checkpoint(const toml::node& node, const toml::node& path, const Sweep& sweep,
                          const Catalogues& catalogues) {
  const toml::node* objective = nullptr;
  int64_t replicates = 1;
  if (node.is_table()) {
    const TomlTable table(node, "a checkpoint", {"checkpoint", "label", "objective", "replicates"});
    objective = table.find("objective");
    table.read("replicates", replicates, kOneOrMore);
  }
  const std::string given = text(path, "checkpoint");
  std::filesystem::path folder = find_path(given, sweep.file);
  if (!std::filesystem::is_directory(folder)) {
    fail_at(path.source(), fmt::format("no checkpoint folder \"{}\", neither beside the sweep file "
                                       "nor in the working directory{}",
                                       given, path_hint(given, sweep.file)));
  }
  if (!folder.has_filename()) folder = folder.parent_path();  // written with a slash at the end
  // Not within the braces below: GCC 12 destroys the parts of a member that they leave out
  // (`pretrain`) twice when a later initialiser throws.
  Json model = config_of_folder(folder, path.source());
  const ObjectiveValue checkpoint{.choice = {"checkpoint", Json::object()},
                                  .folder = folder.string(),
                                  .model = std::move(model)};
  AxisValue value = value_at(node, own_label(node, folder.filename().string()), checkpoint);
  std::get<ObjectiveValue>(value.settings).replicates = replicates;
  if (objective) {
    const CatalogueEntry& entry = entry_of(*objective, "objective", catalogues.objectives);
    std::get<ObjectiveValue>(value.settings).pretrained_with = entry.name;
    value.traits = entry.traits;
  }
  return value;
}

std::string pairs_path(const toml::node& node, const ChoiceSettings& choice, const Sweep& sweep) {
  const std::string given = choice.parameters.at("pairs");
  const std::filesystem::path path = find_path(given, sweep.file);
  if (!path.empty()) return path.string();
  fail_at(node.source(),
          fmt::format("no file or folder of pairs \"{}\", neither beside the sweep file nor in the "
                      "working directory{}",
                      given, path_hint(given, sweep.file)));
}

// Pairs are no text: none can be held out or packed, and what they spend is not known beforehand.
void check_supervised(const toml::node& node, PretrainSettings& pretrain) {
  pretrain.held_out = 0;
  pretrain.pack_pairs = false;
  if (pretrain.budget.unit == "steps") return;
  fail_at(node.source(),
          fmt::format("objective \"supervised\" learns from pairs, and a budget in {} is for "
                      "objectives that learn from text: give [pretrain] budget = \"steps\"",
                      pretrain.budget.unit));
}

// Whether a name on the axis means a checkpoint folder: it has a slash, or it is no objective, and
// there is a folder of that name.
bool is_folder(const toml::node& node, const std::vector<std::string>& objectives,
               const Sweep& sweep) {
  if (!node.is_string()) return false;
  const std::string& given = node.as_string()->get();
  if (given.find('/') != std::string::npos) return true;
  if (std::ranges::find(objectives, given) != objectives.end()) return false;
  if (std::filesystem::is_directory(find_path(given, sweep.file))) return true;
  const std::string hint = path_hint(given, sweep.file);
  if (hint.empty() || !nearest_name(given, objectives).empty()) return false;
  fail_at(
      node.source(),
      fmt::format("\"{}\" is neither an objective nor a checkpoint folder beside the sweep file "
                  "or in the working directory{}",
                  given, hint));
}

// A start that is pre-trained in stages: the last one, with those before.
AxisValue read_stages(const toml::node& node, const toml::node& stages, const Sweep& sweep,
                      const Catalogues& catalogues) {
  const TomlTable table(node, "a start in stages", {"stages", "label"});
  std::vector<ObjectiveValue> values;
  std::string joined;
  AxisTraits traits;
  for (const toml::node& stage : list(stages, "stages")) {
    AxisValue read = read_objective(stage, sweep, catalogues);
    auto& value = std::get<ObjectiveValue>(read.settings);
    if (value.is("none") || value.is("checkpoint") || !value.stages_before.empty()) {
      fail_at(stage.source(),
              fmt::format("a stage is an objective of the catalogue, not \"{}\"", read.label));
    }
    value.stage_label = joined += (joined.empty() ? "" : "+") + read.label;
    traits = read.traits;
    values.push_back(std::move(value));
  }
  if (values.size() < 2) {
    fail_at(stages.source(),
            "stages are two or more objectives, such as [\"span_corruption\", \"prefix_lm\"]");
  }
  ObjectiveValue last = std::move(values.back());
  values.pop_back();
  last.stages_before = std::move(values);
  AxisValue value = value_at(node, own_label(node, joined), std::move(last));
  value.traits = traits;
  return value;
}

}  // namespace

AxisValue read_objective(const toml::node& node, const Sweep& sweep, const Catalogues& catalogues) {
  const toml::table* table = node.as_table();
  if (const toml::node* path = table ? table->get("checkpoint") : nullptr) {
    return read_checkpoint(node, *path, sweep, catalogues);
  }
  if (const toml::node* stages = table ? table->get("stages") : nullptr)
    return read_stages(node, *stages, sweep, catalogues);
  const toml::node& name = name_node(node, "objective");
  Entries entries = {{.name = "none"}};  // random start
  for (const CatalogueEntry& entry : catalogues.objectives) {
    if (entry.name != "none") entries.push_back(entry);
  }
  if (is_folder(node, names_of(entries), sweep))
    return read_checkpoint(node, node, sweep, catalogues);
  const CatalogueEntry& entry = entry_of(name, "objective", entries);
  const bool none = entry.name == "none";
  ObjectiveValue objective{.pretrain = sweep.pretrain,
                           .replicates = none ? 1 : sweep.pretrain_replicates};
  objective.choice =
      read_choice(node, entry, "objective", none ? std::vector<std::string>{} : kPretrainOverrides,
                  [&](const TomlTable& table) {
                    override_pretrain(table, objective.pretrain, catalogues.optimizers);
                    table.read("replicates", objective.replicates, kOneOrMore);
                  });
  check_choice(node, entry, objective.choice);
  if (objective.choice.parameters.contains("pairs")) {
    objective.pairs_path = pairs_path(node, objective.choice, sweep);
    check_supervised(node, objective.pretrain);
  }
  AxisValue value = value_at(node, own_label(node, entry.name), std::move(objective));
  value.traits = entry.traits;
  return value;
}

}  // namespace dovetail
