// SPDX-License-Identifier: Apache-2.0
#include "sweep/sweep.h"

#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/near_path.h"
#include "sweep/adapt_section.h"
#include "sweep/axes.h"
#include "sweep/claims_section.h"
#include "sweep/evaluate_section.h"
#include "sweep/model_config.h"
#include "sweep/optimizer_section.h"
#include "sweep/pretrain_section.h"
#include "sweep/sweep_checks.h"
#include "sweep/text_section.h"
#include "sweep/toml_table.h"
#include "sweep/tune_section.h"

namespace dovetail {

namespace {

const std::vector<std::string> kTaskAxes = {"task", "template", "tuning", "train_size"};

std::string read_sweep_text(const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(file)) {
    throw_<ConfigError>(
        "{}: no such sweep file; give the path of a TOML file, such as "
        "sweeps/quickstart.toml{}",
        file.string(), near_path_hint(file));
  }
  return read_file(file);
}

void read_name(const TomlTable& root, Sweep& sweep) {
  const toml::node* name = root.find("name");
  sweep.name = name ? text(*name, "name") : sweep.file.stem().string();
  check_label(sweep.name, name ? name->source() : root.place());
}

void read_baselines(const TomlTable& root, Sweep& sweep, const Catalogues& catalogues) {
  const toml::node* node = root.find("baselines");
  if (!node) {
    sweep.baselines = catalogues.baselines;
    sweep.baselines_by_task = true;
    return;
  }
  if (!node->is_array()) list(*node, "baselines");  // fails; an empty list is fine here
  for (const toml::node& element : *node->as_array()) {
    const std::string name = known_name(element, "baseline", catalogues.baselines);
    if (std::find(sweep.baselines.begin(), sweep.baselines.end(), name) != sweep.baselines.end()) {
      fail_at(element.source(), fmt::format("baseline \"{}\" is named twice", name));
    }
    sweep.baselines.push_back(name);
  }
}

// Refuses tables that have no effect unless something is tuned.
void refuse_tuning_tables(const TomlTable& root) {
  for (const char* key : {"tune", "adapt", "evaluate", "select", "baselines"}) {
    if (const toml::node* node = root.find(key)) {
      fail_at(node->source(), fmt::format("\"{}\" means nothing in a sweep without tasks; leave it "
                                          "out, or add the axes task, template, tuning and "
                                          "train_size",
                                          key));
    }
  }
}

void read_axes(const TomlTable& root, Sweep& sweep, const Catalogues& catalogues) {
  const TomlTable axes(root.at("axes"), "[axes]", {kAxes.begin(), kAxes.end()});
  sweep.pretrain_only = std::none_of(kTaskAxes.begin(), kTaskAxes.end(),
                                     [&](const std::string& axis) { return axes.find(axis); });
  if (sweep.pretrain_only) {
    refuse_tuning_tables(root);
    sweep.baselines.clear();
  } else {
    sweep.tune = read_tune(root.at("tune"), catalogues.optimizers);
  }
  for (const char* axis : kAxes) {
    const bool needed = sweep.pretrain_only ? axis == kAxes.front() || axis == kAxes.back()
                                            : axis != std::string("adaptation");
    const bool wanted = needed || axes.find(axis);
    if (wanted) sweep.axes[axis] = read_axis(axes.at(axis), axis, sweep, catalogues);
  }
}

void read_exclusions(const TomlTable& root, Sweep& sweep) {
  const toml::node* node = root.find("exclude");
  if (!node) return;
  if (!node->is_array_of_tables()) {
    fail_at(node->source(),
            "exclusions are written as tables under [[exclude]], each with lines "
            "such as objective = \"none\"");
  }
  for (const toml::node& exclusion : *node->as_array()) {
    sweep.exclusions.push_back(read_exclusion(exclusion, sweep));
  }
}

MetricTraitsMap measured_traits(const EvaluateSettings& evaluate, const Catalogues& catalogues) {
  MetricTraitsMap traits;
  for (const MetricEntry& entry : catalogues.metrics) {
    if (std::ranges::find(evaluate.metrics, entry.name) != evaluate.metrics.end())
      traits[entry.name] = entry.traits;
  }
  return traits;
}

void read_model(const TomlTable& root, const Catalogues& catalogues, Sweep& sweep) {
  const toml::node* model = root.find("model");
  if (!model) return;
  const TomlTable table(*model, "[model]", {"config"});
  sweep.model = read_model_config(table.at("config"), sweep, catalogues);
}

void read_evaluation(const TomlTable& root, const Catalogues& catalogues, Sweep& sweep) {
  if (const toml::node* evaluate = root.find("evaluate")) {
    sweep.evaluate = read_evaluate(*evaluate, catalogues);
    read_side_losses(*evaluate, sweep);
  } else if (!catalogues.decodings.empty()) {
    sweep.evaluate.decoding = {catalogues.decodings.front().name,
                               catalogues.decodings.front().defaults};
  }
  sweep.metric_traits = measured_traits(sweep.evaluate, catalogues);
  if (const toml::node* select = root.find("select")) sweep.select = read_select(*select);
}

void note_sources(const std::string& what, const Entries& entries, Sweep& sweep) {
  for (const CatalogueEntry& entry : entries) {
    if (!entry.source.empty()) sweep.sources[what][entry.name] = entry.source;
  }
}

}  // namespace

Sweep parse_sweep(const std::filesystem::path& file, const Catalogues& catalogues) {
  Sweep sweep;
  sweep.file = file;
  sweep.text = read_sweep_text(file);
  note_sources("objective", catalogues.objectives, sweep);
  note_sources("tuning", catalogues.tunings, sweep);
  note_sources("optimizer", catalogues.optimizers, sweep);
  const toml::table parsed = parse_toml(sweep.text, file);
  const TomlTable root(parsed, "the sweep file",
                       {"name", "baselines", "model", "text", "pretrain", "adapt", "tune",
                        "evaluate", "select", "axes", "exclude", "claim"});
  read_name(root, sweep);
  read_model(root, catalogues, sweep);
  if (const toml::node* text = root.find("text")) read_text_section(*text, catalogues, sweep);
  sweep.pretrain.optimizer = default_optimizer(catalogues.optimizers);
  if (const toml::node* pretrain = root.find("pretrain")) {
    sweep.pretrain = read_pretrain(*pretrain, catalogues.optimizers);
    sweep.pretrain_replicates = read_replicates(*pretrain);
  }
  read_evaluation(root, catalogues, sweep);
  sweep.adapt.optimizer = default_optimizer(catalogues.optimizers);
  if (const toml::node* adapt = root.find("adapt"))
    read_adapt(*adapt, sweep, catalogues.optimizers);
  read_baselines(root, sweep, catalogues);
  read_axes(root, sweep, catalogues);
  check_choices(sweep);
  check_objectives(root, sweep, catalogues.objectives);
  check_adaptations(root, sweep);
  check_transfer(root, sweep);
  read_exclusions(root, sweep);
  sweep.claims = read_claims(root, sweep);
  return sweep;
}

}  // namespace dovetail
