// SPDX-License-Identifier: Apache-2.0
#include "sweep/sweep_checks.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"
#include "plan/adaptations.h"
#include "plan/model_size.h"
#include "sweep/adapt_section.h"

namespace dovetail {

namespace {

// An adapter holds no embeddings: exported, it would lack the rows of the new tokens.
void check_added_tokens(const toml::source_region& place, const Sweep& sweep) {
  const auto tunings = sweep.axes.find("tuning");
  if (sweep.vocabulary.add_tokens.empty() || tunings == sweep.axes.end()) return;
  for (const AxisValue& value : tunings->second) {
    const auto& tuning = value.as<TuningValue>();
    if (tuning.choice.name == "full" || !tuning.tune.keep_model) continue;
    fail_at(place,
            fmt::format("add_tokens of [text] gives a checkpoint new embeddings, which tuning "
                        "\"{}\" does not keep; leave out keep_model, or tune with \"full\"",
                        value.label));
  }
}

// The folder of the sweep's first checkpoint, as an example of one.
std::string checkpoint_of(const Sweep& sweep) {
  for (const AxisValue& value : sweep.axes.at("objective")) {
    const auto& objective = value.as<ObjectiveValue>();
    if (objective.is("checkpoint")) return objective.folder;
  }
  return "FOLDER";
}

// A model that is made here needs a vocabulary and a shape: its own, or a checkpoint's.
void check_made_here(const toml::source_region& place, const AxisValue& value, bool pretrains,
                     const Sweep& sweep) {
  if (sweep.corpus.empty() && pretrains) {
    fail_at(place, fmt::format("objective \"{}\" needs a text to pre-train on; name one in [text] "
                               "corpus = [...]",
                               value.label));
  }
  const std::string folder = checkpoint_of(sweep);
  if (sweep.corpus.empty() && sweep.vocabulary.type == "unigram") {
    fail_at(place,
            fmt::format("objective \"{0}\" needs a text to train its vocabulary on: name one in "
                        "[text] corpus = [...]; or give it the vocabulary and shape of a "
                        "checkpoint, [text] vocabulary = {{ file = \"{1}/spiece.model\" }} and "
                        "[model] config = \"{1}\"",
                        value.label, folder));
  }
  if (sweep.model.is_null()) {
    fail_at(place, fmt::format("objective \"{}\" needs a shape of the model; name one in [model] "
                               "config, such as \"t5-small\" or a folder, \"{}\"",
                               value.label, folder));
  }
}

// Each run of pre-training has as many seeds, or one of them would count more than another.
void check_replicates(const toml::source_region& place, const AxisValue& value,
                      const Sweep& sweep) {
  const int64_t replicates = value.as<ObjectiveValue>().replicates;
  if (replicates == 1) return;
  if (sweep.pretrain_only) {
    fail_at(place, fmt::format("objective \"{}\" has {} replicates, and in a sweep without tasks "
                               "each seed is a run of pre-training: name the seeds instead",
                               value.label, replicates));
  }
  const int64_t seeds = std::ssize(sweep.axes.at("seed"));
  if (seeds % replicates == 0) return;
  fail_at(place,
          fmt::format("objective \"{}\" has {} replicates, which the seeds take in turn, so their "
                      "number must be a multiple of {}, and the axis seed has {}",
                      value.label, replicates, replicates, seeds));
}

// The names of the objectives that the sweep's model learns from.
std::vector<std::string> objectives_for(bool causal, const Entries& objectives) {
  const Networks other = causal ? Networks::encoder_decoder : Networks::causal;
  std::vector<std::string> names;
  for (const CatalogueEntry& entry : objectives)
    if (entry.networks != other) names.push_back(entry.name);
  return names;
}

// What a network cannot learn: to fill gaps that are behind it, or from no source at all.
void check_networks(const toml::source_region& place, const AxisValue& value, const Sweep& sweep,
                    const Entries& objectives) {
  const bool causal = is_causal_model(sweep.model);
  const std::vector<std::string> known = objectives_for(causal, objectives);
  std::vector<ObjectiveValue> stages = value.as<ObjectiveValue>().stages_before;
  stages.push_back(value.as<ObjectiveValue>());
  for (const ObjectiveValue& stage : stages) {
    if (std::ranges::find(known, stage.choice.name) != known.end()) continue;
    fail_at(place, fmt::format("objective \"{}\" is for {} models, and [model] config is {}: name "
                               "one of {}",
                               stage.choice.name, causal ? "encoder-decoder" : "decoder-only",
                               causal ? "decoder-only" : "an encoder-decoder", join(known, ", ")));
  }
}

void check_objective(const toml::source_region& place, const AxisValue& value, const Sweep& sweep,
                     const Entries& objectives) {
  const std::string& name = value.as<ObjectiveValue>().choice.name;
  const bool pretrains = name != "none" && name != "checkpoint";
  if (sweep.pretrain_only && !pretrains) {
    fail_at(place,
            fmt::format("\"{}\" pre-trains nothing, and this sweep has no tasks: leave it out, or "
                        "add the axes task, template, tuning and train_size",
                        value.label));
  }
  if (name == "checkpoint") return check_added_tokens(place, sweep);
  check_made_here(place, value, pretrains, sweep);
  if (pretrains) check_networks(place, value, sweep, objectives);
}

// The labels that [select] names must be on the axis.
void check_selected(const TomlTable& root, const Sweep& sweep) {
  std::vector<std::string> labels;
  for (const AxisValue& value : sweep.axes.at("adaptation")) labels.push_back(value.label);
  for (const std::string& label : sweep.select.adaptations) {
    if (std::ranges::find(labels, label) != labels.end()) continue;
    fail_at(root.at("select").source(),
            fmt::format("adaptations of [select] names \"{}\", which is no label of the axis "
                        "adaptation: {}",
                        label, did_you_mean(label, labels)));
  }
}

void check_groups(const toml::source_region& place, const AxisValue& value) {
  const auto& adapt = value.as<AdaptSettings>();
  const bool has_phrases = adapt.sentences == "matching" && adapt.split != "learned";
  if (adapt.name != "mixed" || adapt.group != "phrases" || has_phrases) return;
  fail_at(place,
          fmt::format("adaptation \"{}\" groups sentences by their phrases, which {} does not "
                      "find; give group = \"learned\", or another split",
                      value.label,
                      adapt.split == "learned" ? "a learned splitter" : "a draw of any sentences"));
}

// Whether any start of the sweep is a decoder-only model.
bool has_causal_start(const Sweep& sweep) {
  return std::ranges::any_of(sweep.axes.at("objective"), [&](const AxisValue& value) {
    const auto& objective = value.as<ObjectiveValue>();
    return is_causal_model(objective.is("checkpoint") ? objective.model : sweep.model);
  });
}

// Made after another one, which stands before it on the axis and is a training of its own.
void check_after(const toml::source_region& place, const AxisValue& value, const Sweep& sweep) {
  const std::string& after = value.as<AdaptSettings>().after;
  if (after.empty()) return;
  std::vector<std::string> labels;
  for (const AxisValue& before : sweep.axes.at("adaptation")) {
    if (before.label == value.label) break;
    const auto& adapt = before.as<AdaptSettings>();
    if (adapt.name != "none" && !find_adaptation(adapt.name).in_cell)
      labels.push_back(before.label);
  }
  if (std::ranges::find(labels, after) != labels.end()) return;
  const std::string known = labels.empty() ? "there is none" : did_you_mean(after, labels);
  fail_at(place, fmt::format("adaptation \"{}\" is made after \"{}\", which is no label of an "
                             "adaptation that stands before it on the axis: {}",
                             value.label, after, known));
}

void check_adaptation(const toml::source_region& place, const AxisValue& value,
                      const Sweep& sweep) {
  const auto& adapt = value.as<AdaptSettings>();
  check_after(place, value, sweep);
  const bool for_any = adapt.name == "none" || adapt.name == "instruction_modelling";
  if (!for_any && has_causal_start(sweep)) {
    fail_at(place, fmt::format("adaptation \"{}\" is for encoder-decoder models, and a start of "
                               "this sweep is decoder-only: name \"none\" and "
                               "\"instruction_modelling\" alone, or leave the axis out",
                               value.label));
  }
  if (needs_sentences(adapt) && sweep.adapt_text.empty()) {
    fail_at(place,
            fmt::format("adaptation \"{}\" needs sentences; name a file of them, one a line, "
                        "in [adapt] text = [...]",
                        value.label));
  }
  check_groups(place, value);
  if ((needs_splitter(adapt) || needs_classifier(adapt)) && sweep.adapt_graph.empty()) {
    fail_at(place,
            fmt::format("adaptation \"{}\" learns to split or group sentences from triples; name a "
                        "data set card of all their relations in [adapt] graph = \"...\"",
                        value.label));
  }
  if (adapt.name == "continued" && sweep.corpus.empty()) {
    fail_at(place,
            "adaptation \"continued\" continues the base's own objective and needs a text; name "
            "one in [text] corpus = [...]");
  }
}

}  // namespace

// Probes look at an encoder's states.
void check_select(const TomlTable& root, const Sweep& sweep) {
  if (sweep.select.examples == 0 || !has_causal_start(sweep)) return;
  fail_at(root.at("select").source(),
          "[select] measures encoder-decoder models, and a start of this sweep is decoder-only: "
          "leave the section out");
}

void check_objectives(const TomlTable& root, const Sweep& sweep, const Entries& objectives) {
  const toml::array& nodes = *root.at("axes").as_table()->get("objective")->as_array();
  const std::vector<AxisValue>& values = sweep.axes.at("objective");
  for (size_t i = 0; i < values.size(); ++i) {
    check_objective(nodes.get(i)->source(), values[i], sweep, objectives);
    check_replicates(nodes.get(i)->source(), values[i], sweep);
  }
  check_select(root, sweep);
}

void check_transfer(const TomlTable& root, const Sweep& sweep) {
  if (sweep.transfer.empty()) return;
  std::vector<std::string> labels;
  for (const AxisValue& value : sweep.axes.at("task")) labels.push_back(value.label);
  for (const std::string& label : sweep.transfer) {
    if (std::ranges::find(labels, label) != labels.end()) continue;
    fail_at(
        root.at("evaluate").source(),
        fmt::format("transfer of [evaluate] names \"{}\", which is no label of the axis task: {}",
                    label, did_you_mean(label, labels)));
  }
}

void check_adaptations(const TomlTable& root, const Sweep& sweep) {
  const toml::node* axis = root.at("axes").as_table()->get("adaptation");
  if (!axis) return;
  if (sweep.pretrain_only)
    fail_at(axis->source(), "adaptation means nothing in a sweep without tasks");
  check_selected(root, sweep);
  for (const AxisValue& value : sweep.axes.at("adaptation")) {
    check_adaptation(axis->source(), value, sweep);
  }
}

}  // namespace dovetail
