// SPDX-License-Identifier: Apache-2.0
#include "sweep/evaluate_section.h"

#include <algorithm>

#include "base/error.h"
#include "sweep/axes.h"
#include "sweep/axis_choice.h"

namespace dovetail {

namespace {

// A decoding's name, or a table with its parameters: { name = "beam", num_beams = 4 }. `more_keys`
// are others that the table may have.
ChoiceSettings read_decoding(const toml::node& node, const Entries& decodings,
                             const std::vector<std::string>& more_keys = {}) {
  const toml::table* given = node.as_table();
  const toml::node* name = given ? given->get("name") : &node;
  if (!name || !(given || node.is_string())) {
    fail_at(
        node.source(),
        "a decoding is a name or a table { name = \"beam\", num_beams = 4 }, not " + kind_of(node));
  }
  const CatalogueEntry& entry = entry_of(*name, "decoding", decodings);
  ChoiceSettings choice{entry.name, entry.defaults};
  if (!given) return choice;
  std::vector<std::string> keys = more_keys;
  keys.emplace_back("name");
  for (const auto& [key, value] : entry.defaults.items()) keys.push_back(key);
  const TomlTable table(node, fmt::format("decoding \"{}\"", entry.name), keys);
  for (const auto& [key, value] : entry.defaults.items()) {
    if (const toml::node* own = table.find(key))
      choice.parameters[key] = like(*own, value, table.name_of(key));
  }
  check_choice(node, entry, choice);
  return choice;
}

void read_metric_names(const toml::node& node, const TomlTable& table, const Catalogues& catalogues,
                       std::vector<std::string>& metrics) {
  metrics.clear();
  for (const toml::node& metric : list(node, table.name_of("metrics"))) {
    const std::string name = known_name(metric, "metric", names_of(catalogues.metrics));
    if (std::ranges::find(metrics, name) != metrics.end()) {
      fail_at(metric.source(), fmt::format("metric \"{}\" is named twice", name));
    }
    metrics.push_back(name);
  }
}

// Refuses a further decoding that another one hides, or that would give the same answers again.
void check_new(const toml::node& node, const FurtherDecoding& decoding,
               const EvaluateSettings& evaluate) {
  std::vector<FurtherDecoding> others = evaluate.also;
  others.push_back({evaluate.decoding, evaluate.decoding.name});
  for (const FurtherDecoding& other : others) {
    if (other.label == decoding.label) {
      fail_at(node.source(),
              fmt::format("two decodings are called \"{}\"; give this one a label = \"...\" of its "
                          "own, which names its metrics: METRIC@LABEL",
                          decoding.label));
    }
    if (other.name == decoding.name && other.parameters == decoding.parameters) {
      fail_at(node.source(), fmt::format("\"{}\" has the settings of \"{}\", so all its scores "
                                         "would be equal; change one, or leave it out",
                                         decoding.label, other.label));
    }
  }
}

void read_also(const toml::node& node, const Entries& decodings, EvaluateSettings& evaluate) {
  for (const toml::node& element : list(node, "also of [evaluate]")) {
    const ChoiceSettings choice = read_decoding(element, decodings, {"label"});
    const FurtherDecoding decoding{choice, own_label(element, choice.name)};
    check_label(decoding.label, element.source());
    check_new(element, decoding, evaluate);
    evaluate.also.push_back(decoding);
  }
}

bool measures(const EvaluateSettings& evaluate, const std::string& metric) {
  return std::ranges::find(evaluate.metrics, metric) != evaluate.metrics.end();
}

// A metric over several answers to one example needs a decoding that gives several.
void require_samples(const TomlTable& table, const std::vector<MetricEntry>& metrics,
                     const EvaluateSettings& evaluate) {
  const auto draws_several = [](const ChoiceSettings& decoding) {
    return decoding.parameters.value("samples", int64_t{1}) > 1;
  };
  if (draws_several(evaluate.decoding) || std::ranges::any_of(evaluate.also, draws_several)) return;
  for (const MetricEntry& metric : metrics) {
    if (!metric.needs_samples || !measures(evaluate, metric.name)) continue;
    fail_at(table.at("metrics").source(),
            fmt::format("metric \"{}\" is the best of several answers to an example, and no "
                        "decoding here gives more than one: add also = [\"as_published\"] or "
                        "{{ name = \"sample\", samples = 3 }}",
                        metric.name));
  }
}

}  // namespace

EvaluateSettings read_evaluate(const toml::node& node, const Catalogues& catalogues) {
  EvaluateSettings evaluate;
  const TomlTable table(node, "[evaluate]",
                        {"test_examples", "metrics", "max_new_tokens", "batch_size", "decoding",
                         "also", "precision", "text_loss", "transfer"});
  table.read("test_examples", evaluate.test_examples, kZeroOrMore);
  table.read("max_new_tokens", evaluate.max_new_tokens, kOneOrMore);
  table.read("batch_size", evaluate.batch_size, kOneOrMore);
  table.read_name("precision", evaluate.precision, {"float32", "bfloat16", "int8"});
  if (const toml::node* given = table.find("metrics"))
    read_metric_names(*given, table, catalogues, evaluate.metrics);
  if (const toml::node* given = table.find("decoding")) {
    evaluate.decoding = read_decoding(*given, catalogues.decodings);
  } else if (!catalogues.decodings.empty()) {
    evaluate.decoding = {catalogues.decodings.front().name, catalogues.decodings.front().defaults};
  }
  if (const toml::node* given = table.find("also"))
    read_also(*given, catalogues.decodings, evaluate);
  require_samples(table, catalogues.metrics, evaluate);
  return evaluate;
}

// The keys are checked by read_evaluate.
void read_side_losses(const toml::node& node, Sweep& sweep) {
  const toml::table& table = *node.as_table();
  if (const toml::node* given = table.get("text_loss")) {
    if (!given->is_boolean())
      fail_at(given->source(), "text_loss of [evaluate] must be true or false");
    sweep.text_loss = given->as_boolean()->get();
    if (sweep.text_loss && sweep.pretrain.held_out == 0) {
      fail_at(given->source(),
              "text_loss is measured on documents that no base has learned from: keep some from "
              "training with [pretrain] held_out = 200");
    }
  }
  const toml::node* transfer = table.get("transfer");
  if (!transfer) return;
  for (const toml::node& label : list(*transfer, "transfer of [evaluate]"))
    sweep.transfer.push_back(text(label, "each element of transfer"));
}

std::vector<std::string> under_all_decodings(const std::vector<std::string>& metrics,
                                             const EvaluateSettings& evaluate) {
  std::vector<std::string> all = metrics;
  for (const FurtherDecoding& decoding : evaluate.also) {
    for (const std::string& metric : metrics) all.push_back(metric + "@" + decoding.label);
  }
  return all;
}

SelectSettings read_select(const toml::node& node) {
  SelectSettings select;
  const TomlTable table(
      node, "[select]",
      {"examples", "adaptations", "shots", "shot_steps", "race_examples", "race_steps"});
  select.line = static_cast<int>(table.at("examples").source().begin.line);
  table.read("examples", select.examples, kOneOrMore);
  if (const toml::node* labels = table.find("adaptations")) {
    for (const toml::node& label : list(*labels, table.name_of("adaptations"))) {
      select.adaptations.push_back(text(label, "each element of adaptations"));
    }
  }
  table.read("shots", select.shots, kZeroOrMore);
  table.read("shot_steps", select.shot_steps, kOneOrMore);
  table.read("race_examples", select.race_examples, kZeroOrMore);
  table.read("race_steps", select.race_steps, kOneOrMore);
  return select;
}

}  // namespace dovetail
