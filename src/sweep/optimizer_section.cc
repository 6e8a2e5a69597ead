// SPDX-License-Identifier: Apache-2.0
#include "sweep/optimizer_section.h"

#include <algorithm>

#include "base/error.h"

namespace dovetail {

namespace {

const std::vector<std::string> kPrecisions = {"float32", "bfloat16"};

void take_name(const toml::node& node, OptimizerSettings& optimizer, const Entries& optimizers) {
  const std::string name = known_name(node, "optimizer", names_of(optimizers));
  if (name == optimizer.name) return;
  optimizer.name = name;
  optimizer.parameters = std::find_if(optimizers.begin(), optimizers.end(), [&](const auto& entry) {
                           return entry.name == name;
                         })->defaults;
}

// An optimizer that computes its own rate would silently ignore a given one.
void check_rate(const TomlTable& table, const OptimizerSettings& optimizer) {
  if (!optimizer.parameters.value("relative_step", false)) return;
  for (const char* key : {"learning_rate", "schedule", "warmup", "warmup_ratio"}) {
    const toml::node* node = table.find(key);
    if (!node) continue;
    fail_at(node->source(), fmt::format("{} means nothing where {} has relative_step = true; leave "
                                        "one of the two out",
                                        table.name_of(key), optimizer.name));
  }
}

// One of the two, which replaces what the section above may have said in the other form.
void read_warmup(const TomlTable& table, OptimizerSettings& optimizer) {
  const toml::node *steps = table.find("warmup"), *ratio = table.find("warmup_ratio");
  if (steps && ratio) {
    fail_at(ratio->source(), fmt::format("{} has both warmup (steps) and warmup_ratio (a share of "
                                         "them); give one of the two",
                                         table.where()));
  }
  if (steps) optimizer.warmup_ratio = 0;
  if (ratio) optimizer.warmup = 0;
  table.read("warmup", optimizer.warmup, kZeroOrMore);
  table.read("warmup_ratio", optimizer.warmup_ratio, kDropout);
}

// A group begins with the settings of the other tensors.
OptimizerGroup read_group(const toml::node& node, const OptimizerSettings& base) {
  const TomlTable table(node, "groups of optimizer",
                        {"names", "learning_rate", "learning_rate_ratio", "schedule", "warmup",
                         "warmup_ratio", "weight_decay"});
  OptimizerSettings own = base;
  OptimizerGroup group{.names = text(table.at("names"), table.name_of("names"))};
  if (table.find("learning_rate") && table.find("learning_rate_ratio")) {
    fail_at(table.place(),
            "groups of optimizer: give learning_rate or learning_rate_ratio, which "
            "multiplies the rate of the other tensors");
  }
  table.read("learning_rate", group.learning_rate, kAboveZero);
  table.read("learning_rate_ratio", group.learning_rate_ratio, kAboveZero);
  table.read_name("schedule", own.schedule, kSchedules);
  read_warmup(table, own);
  table.read("weight_decay", own.weight_decay, kZeroOrMore);
  group.schedule = own.schedule;
  group.warmup = own.warmup;
  group.warmup_ratio = own.warmup_ratio;
  group.weight_decay = own.weight_decay;
  return group;
}

void read_groups(const TomlTable& table, OptimizerSettings& optimizer) {
  const toml::node* node = table.find("groups");
  if (!node) return;
  if (optimizer.parameters.value("relative_step", false)) {
    fail_at(node->source(),
            "groups of optimizer need a rate, which relative_step = true computes; "
            "leave one of the two out");
  }
  optimizer.groups.clear();
  for (const toml::node& one : list(*node, table.name_of("groups")))
    optimizer.groups.push_back(read_group(one, optimizer));
}

void check_parameters(const toml::node& node, const OptimizerSettings& optimizer,
                      const Entries& optimizers) {
  for (const CatalogueEntry& entry : optimizers) {
    if (entry.name != optimizer.name || !entry.check) continue;
    try {
      entry.check(optimizer.parameters);
    } catch (const ConfigError& error) {
      fail_at(node.source(), error.what());
    }
  }
}

}  // namespace

OptimizerSettings default_optimizer(const Entries& optimizers) {
  OptimizerSettings optimizer;
  if (optimizers.empty()) return optimizer;
  optimizer.name = optimizers.front().name;
  optimizer.parameters = optimizers.front().defaults;
  return optimizer;
}

OptimizerSettings read_optimizer(const toml::node& node, OptimizerSettings base,
                                 const Entries& optimizers) {
  if (node.is_string()) {
    take_name(node, base, optimizers);
    return base;
  }
  const toml::table* given = node.as_table();
  const toml::node* name = given ? given->get("name") : nullptr;
  if (name) take_name(*name, base, optimizers);
  std::vector<std::string> known = {"name",         "learning_rate", "schedule", "warmup",
                                    "warmup_ratio", "weight_decay",  "clip",     "groups"};
  for (const auto& [key, value] : base.parameters.items()) known.push_back(key);
  const TomlTable table(node, "optimizer", known);
  table.read("learning_rate", base.learning_rate, kAboveZero);
  table.read_name("schedule", base.schedule, kSchedules);
  read_warmup(table, base);
  table.read("weight_decay", base.weight_decay, kZeroOrMore);
  table.read("clip", base.clip, kZeroOrMore);
  for (auto& [key, value] : base.parameters.items()) {
    if (const toml::node* own = table.find(key)) value = like(*own, value, table.name_of(key));
  }
  check_parameters(node, base, optimizers);
  check_rate(table, base);
  read_groups(table, base);
  return base;
}

void override_optimizer(const TomlTable& table, OptimizerSettings& optimizer,
                        const Entries& optimizers) {
  if (const toml::node* node = table.find("optimizer")) {
    optimizer = read_optimizer(*node, optimizer, optimizers);
  }
  table.read("learning_rate", optimizer.learning_rate, kAboveZero);
  table.read_name("schedule", optimizer.schedule, kSchedules);
  check_rate(table, optimizer);
}

void read_options(const TomlTable& table, TrainingOptions& options) {
  table.read("accumulate", options.accumulate, {"at least 1 and at most 65536", 1, 65536});
  table.read("label_smoothing", options.label_smoothing, kDropout);
  table.read("z_loss", options.z_loss, kZeroOrMore);
  table.read("ema", options.ema, kDropout);
  table.read("activation_checkpointing", options.activation_checkpointing);
  table.read_name("precision", options.precision, kPrecisions);
}

}  // namespace dovetail
