// SPDX-License-Identifier: Apache-2.0
#include "sweep/sweep.h"

#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/names.h"
#include "sweep/adaptation.h"
#include "sweep/axes.h"
#include "sweep/claims_section.h"
#include "sweep/model_config.h"
#include "sweep/sections.h"

namespace dovetail {

namespace {

const std::vector<std::string> kTaskAxes = {"task", "template", "tuning", "train_size"};

std::string read_sweep_text(const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(file)) {
    throw_<ConfigError>(
        "{}: no such sweep file; give the path of a TOML file, such as "
        "sweeps/quickstart.toml",
        file.string());
  }
  return read_file(file);
}

void read_name(const TomlTable& root, Sweep& sweep) {
  const toml::node* name = root.find("name");
  sweep.name = name ? text(*name, "name") : sweep.file.stem().string();
  check_label(sweep.name, name ? name->source() : root.place());
}

void read_text(const TomlTable& root, Sweep& sweep, const Catalogues& catalogues) {
  const toml::node* node = root.find("text");
  if (!node) return;
  const TomlTable table(*node, "[text]", {"corpus", "vocabulary"});
  if (const toml::node* corpus = table.find("corpus")) {
    sweep.corpus = read_corpus(*corpus, sweep, names_of(catalogues.corpora));
  }
  if (const toml::node* vocabulary = table.find("vocabulary")) read_vocabulary(*vocabulary, sweep);
}

void read_baselines(const TomlTable& root, Sweep& sweep, const Catalogues& catalogues) {
  const toml::node* node = root.find("baselines");
  if (!node) {
    sweep.baselines = catalogues.baselines;
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

// Tables that only matter where something is tuned.
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

// Each objective must have what it needs: a text to pre-train on, a vocabulary to start from.
void check_objectives(const TomlTable& root, const Sweep& sweep) {
  const toml::array& nodes = *root.at("axes").as_table()->get("objective")->as_array();
  const std::vector<AxisValue>& values = sweep.axes.at("objective");
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string name = values[i].settings.at("name");
    const bool live = name != "none" && name != "checkpoint";
    if (sweep.pretrain_only && !live) {
      fail_at(
          nodes.get(i)->source(),
          fmt::format("\"{}\" pre-trains nothing, and this sweep has no tasks: leave it out, or "
                      "add the axes task, template, tuning and train_size",
                      values[i].label));
    }
    if (name == "checkpoint") continue;
    if (sweep.corpus.empty() && (live || sweep.vocabulary.type == "pieces")) {
      fail_at(nodes.get(i)->source(),
              fmt::format("objective \"{}\" needs a text to {} on; name one in [text] corpus = "
                          "[...]",
                          values[i].label, live ? "pre-train" : "make its vocabulary"));
    }
    if (sweep.model.is_null()) {
      fail_at(nodes.get(i)->source(),
              fmt::format("objective \"{}\" needs a shape of the model; name one in [model] config",
                          values[i].label));
    }
  }
}

// Each adaptation must have the sentences, triples or text that it works on.
void check_adaptations(const TomlTable& root, const Sweep& sweep) {
  const toml::node* axis = root.at("axes").as_table()->get("adaptation");
  if (!axis) return;
  if (sweep.pretrain_only)
    fail_at(axis->source(), "adaptation means nothing in a sweep without tasks");
  std::vector<std::string> labels;
  for (const AxisValue& value : sweep.axes.at("adaptation")) labels.push_back(value.label);
  for (const std::string& label : sweep.select.adaptations) {
    if (std::ranges::find(labels, label) != labels.end()) continue;
    fail_at(root.at("select").source(),
            fmt::format("adaptations of [select] names \"{}\", which is no label of the axis "
                        "adaptation: {}",
                        label, did_you_mean(label, labels)));
  }
  for (const AxisValue& value : sweep.axes.at("adaptation")) {
    const auto adapt = value.settings.get<AdaptSettings>();
    const toml::source_region& place = axis->source();
    if (needs_sentences(adapt) && sweep.adapt_text.empty()) {
      fail_at(place,
              fmt::format(
                  "adaptation \"{}\" needs sentences; name a file of them, one a line, in [adapt] "
                  "text = [...]",
                  value.label));
    }
    const bool phrases_say = adapt.sentences == "matching" && adapt.split != "learned";
    if (adapt.name == "mixed" && adapt.group == "phrases" && !phrases_say) {
      fail_at(place, fmt::format("adaptation \"{}\" groups sentences by their phrases, which {} "
                                 "does not find; say group = "
                                 "\"learned\", or another split",
                                 value.label,
                                 adapt.split == "learned" ? "a learned splitter"
                                                          : "a draw of any sentences"));
    }
    if ((needs_splitter(adapt) || needs_classifier(adapt)) && sweep.adapt_graph.empty()) {
      fail_at(place,
              fmt::format(
                  "adaptation \"{}\" learns to split or group sentences from triples; name a data "
                  "set card of all their relations in [adapt] graph = \"...\"",
                  value.label));
    }
    if (adapt.name == "continued" && sweep.corpus.empty()) {
      fail_at(place,
              "adaptation \"continued\" goes on with the base's own objective and needs a text; "
              "name one in "
              "[text] corpus = [...]");
    }
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

std::vector<std::string> among(const std::vector<std::string>& metrics,
                               const std::vector<std::string>& kind) {
  std::vector<std::string> found;
  std::ranges::copy_if(metrics, std::back_inserter(found), [&](const std::string& metric) {
    return std::ranges::find(kind, metric) != kind.end();
  });
  return found;
}

}  // namespace

Sweep parse_sweep(const std::filesystem::path& file, const Catalogues& catalogues) {
  Sweep sweep;
  sweep.file = file;
  sweep.text = read_sweep_text(file);
  const toml::table parsed = parse_toml(sweep.text, file);
  const TomlTable root(parsed, "the sweep file",
                       {"name", "baselines", "model", "text", "pretrain", "adapt", "tune",
                        "evaluate", "select", "axes", "exclude", "claim"});
  read_name(root, sweep);
  if (const toml::node* model = root.find("model")) {
    const TomlTable table(*model, "[model]", {"config"});
    sweep.model = read_model_config(table.at("config"), sweep, catalogues);
  }
  read_text(root, sweep, catalogues);
  sweep.pretrain.optimizer = default_optimizer(catalogues.optimizers);
  if (const toml::node* pretrain = root.find("pretrain")) {
    sweep.pretrain = read_pretrain(*pretrain, catalogues.optimizers);
  }
  if (const toml::node* evaluate = root.find("evaluate")) {
    sweep.evaluate = read_evaluate(*evaluate, catalogues);
  } else if (!catalogues.decodings.empty()) {
    sweep.evaluate.decoding = {catalogues.decodings.front().name,
                               catalogues.decodings.front().defaults};
  }
  sweep.falling_metrics = among(sweep.evaluate.metrics, catalogues.falling_metrics);
  sweep.set_metrics = among(sweep.evaluate.metrics, catalogues.set_metrics);
  if (const toml::node* select = root.find("select")) sweep.select = read_select(*select);
  sweep.adapt.optimizer = default_optimizer(catalogues.optimizers);
  if (const toml::node* adapt = root.find("adapt"))
    read_adapt(*adapt, sweep, catalogues.optimizers);
  read_baselines(root, sweep, catalogues);
  read_axes(root, sweep, catalogues);
  check_objectives(root, sweep);
  check_adaptations(root, sweep);
  read_exclusions(root, sweep);
  sweep.claims = read_claims(root, sweep);
  return sweep;
}

}  // namespace dovetail
