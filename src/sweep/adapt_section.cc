// SPDX-License-Identifier: Apache-2.0
#include "sweep/adapt_section.h"

#include <algorithm>

#include "base/error.h"
#include "plan/adaptations.h"
#include "sweep/axis_choice.h"
#include "sweep/optimizer_section.h"
#include "sweep/tune_section.h"

namespace dovetail {

namespace {

const std::vector<std::string> kOptionKeys = {
    "accumulate", "label_smoothing", "z_loss", "ema", "activation_checkpointing", "precision"};
const std::vector<std::string> kSentenceKeys = {"sentences", "split",  "group",
                                                "lexicon",   "prefix", "graph_rows"};
const std::vector<std::string> kLengthKeys = {"max_source_length", "max_target_length"};
const std::vector<std::string> kTrainingKeys = {"rows", "steps",     "batch_size",    "dropout",
                                                "seed", "optimizer", "learning_rate", "schedule"};

std::vector<std::string> keys(std::vector<std::string> more) {
  for (const auto* list : {&kSentenceKeys, &kLengthKeys, &kTrainingKeys, &kOptionKeys})
    more.insert(more.end(), list->begin(), list->end());
  return more;
}

// The keys of one adaptation. Rows of a pool are as long as those of [tune]. What changes the cell
// is no training of its own; self-training adds steps to the cell's.
std::vector<std::string> keys_of(const AdaptationEntry& entry) {
  if (!entry.reads_pool && !entry.in_cell) return keys({"name", "label"});
  std::vector<std::string> known = {"name", "label"};
  for (const Parameter& parameter : entry.parameters) known.push_back(parameter.name);
  if (entry.in_cell) {
    if (entry.reads_pool) known.insert(known.end(), {"rows", "steps"});
    return known;
  }
  known.push_back("after");
  for (const auto* list : {&kTrainingKeys, &kOptionKeys})
    known.insert(known.end(), list->begin(), list->end());
  return known;
}

const AdaptationEntry& entry_at(const toml::node& name) {
  std::vector<std::string> known;
  for (const AdaptationEntry& entry : adaptations()) known.push_back(entry.name);
  return find_adaptation(known_name(name, "adaptation", known));
}

Json parameters_at(const toml::node& node, const TomlTable* table, const AdaptationEntry& entry) {
  Json given = Json::object();
  for (const Parameter& parameter : entry.parameters) {
    const toml::node* found = table ? table->find(parameter.name) : nullptr;
    if (found)
      given[parameter.name] = like(*found, parameter.default_value, table->name_of(parameter.name));
  }
  try {
    return resolve_parameters(entry, given);
  } catch (const ConfigError& error) {
    fail_at(node.source(), error.what());
  }
}

// "card", "train", "labelled", or a file of unlabelled texts.
void read_pool(const TomlTable& table, Sweep& sweep) {
  table.read_name("long_labels", sweep.adapt_long_labels, {"normalize", "refuse"});
  const toml::node* node = table.find("pool");
  if (!node) return;
  const std::string given = text(*node, table.name_of("pool"));
  if (given == "card" || given == "train" || given == "labelled") {
    sweep.adapt_pool = given;
    return;
  }
  const std::filesystem::path file = find_path(given, sweep.file);
  if (!std::filesystem::is_regular_file(file)) {
    fail_at(node->source(),
            fmt::format("pool must be \"card\" (the card's own), \"train\" (what a cell leaves of "
                        "the training examples), \"labelled\" (what it takes of them) or a file "
                        "of unlabelled texts, and there is no "
                        "file \"{}\"{}",
                        given, path_hint(given, sweep.file)));
  }
  sweep.adapt_pool = "file";
  sweep.adapt_pool_file = file.string();
}

std::string found_file(const toml::node& node, const std::string& given, const Sweep& sweep,
                       const char* what) {
  const std::filesystem::path file = find_path(given, sweep.file);
  if (std::filesystem::is_regular_file(file)) return file.string();
  fail_at(
      node.source(),
      fmt::format(
          "no {} \"{}\", neither beside the sweep file nor in the working directory{}{}", what,
          given,
          std::string_view(what) == "lexicon" ? "" : " (data/sentences.py makes one of any text)",
          path_hint(given, sweep.file)));
}

// Takes a name of the project's lexicons, or a file, which becomes an absolute path.
void read_lexicon(const TomlTable& table, const Sweep& sweep, AdaptSettings& adapt) {
  const toml::node* node = table.find("lexicon");
  if (!node) return;
  adapt.lexicon = text(*node, table.name_of("lexicon"));
  if (adapt.lexicon.ends_with(".toml"))
    adapt.lexicon = found_file(*node, adapt.lexicon, sweep, "lexicon");
}

void read_text_of(const TomlTable& table, const std::string& key, std::string& value) {
  if (const toml::node* node = table.find(key)) value = text(*node, table.name_of(key));
}

// A sentence drawn at random need not hold a phrase, so it can only be split at random.
void read_cut(const TomlTable& table, AdaptSettings& adapt) {
  table.read_name("sentences", adapt.sentences, {"matching", "random"});
  table.read_name("split", adapt.split, {"phrases", "learned", "random"});
  if (adapt.sentences != "random" || adapt.split == "random") return;
  const toml::node* split = table.find("split");
  if (split)
    fail_at(split->source(), "sentences = \"random\" can only be split at random: leave split out");
  adapt.split = "random";
}

void read_settings(const TomlTable& table, const Sweep& sweep, AdaptSettings& adapt,
                   const Entries& optimizers) {
  read_cut(table, adapt);
  table.read_name("group", adapt.group, {"phrases", "learned"});
  read_lexicon(table, sweep, adapt);
  read_text_of(table, "prefix", adapt.prefix);
  table.read("rows", adapt.rows, kOneOrMore);
  table.read("graph_rows", adapt.graph_rows, kOneOrMore);
  if (const toml::node* steps = table.find("steps")) adapt.steps = read_steps(*steps);
  table.read("batch_size", adapt.batch_size, kOneOrMore);
  table.read("max_source_length", adapt.max_source_length, {"at least 2", 2, 1e6});
  table.read("max_target_length", adapt.max_target_length, {"at least 2", 2, 1e6});
  table.read("dropout", adapt.dropout, kDropout);
  table.read("seed", adapt.seed, kZeroOrMore);
  read_options(table, adapt.options);
  override_optimizer(table, adapt.optimizer, optimizers);
}

}  // namespace

void read_adapt(const toml::node& node, Sweep& sweep, const Entries& optimizers) {
  const TomlTable table(node, "[adapt]", keys({"text", "graph", "pool", "long_labels"}));
  read_settings(table, sweep, sweep.adapt, optimizers);
  read_pool(table, sweep);
  if (const toml::node* files = table.find("text")) {
    for (const toml::node& file : list(*files, table.name_of("text"))) {
      sweep.adapt_text.push_back(
          found_file(file, text(file, "each element of text"), sweep, "file of sentences"));
    }
  }
  if (const toml::node* graph = table.find("graph")) {
    const std::string given = text(*graph, table.name_of("graph"));
    const std::filesystem::path beside = find_path(given, sweep.file);
    sweep.adapt_graph = beside.empty() ? given : beside.string();  // else a card of the project's
  }
}

AdaptSettings read_adaptation(const toml::node& node, const Sweep& sweep,
                              const Entries& optimizers) {
  AdaptSettings adapt = sweep.adapt;
  const AdaptationEntry& entry = entry_at(name_node(node, "adaptation"));
  adapt.name = entry.name;
  if (!node.is_table()) {
    adapt.parameters = parameters_at(node, nullptr, entry);
    return adapt;
  }
  const TomlTable table(node, fmt::format("adaptation \"{}\"", entry.name), keys_of(entry));
  adapt.parameters = parameters_at(node, &table, entry);
  if (entry.in_cell && !entry.reads_pool) return adapt;  // it has none of the keys of [adapt]
  read_settings(table, sweep, adapt, optimizers);
  read_text_of(table, "after", adapt.after);
  return adapt;
}

const AxisValue* adaptation_before(const Sweep& sweep, const AxisValue& adaptation) {
  const std::string& after = adaptation.as<AdaptSettings>().after;
  if (after.empty()) return nullptr;
  const std::vector<AxisValue>& axis = sweep.axes.at("adaptation");
  const auto found = std::ranges::find(axis, after, &AxisValue::label);
  DOVETAIL_CHECK(found != axis.end());  // sweep_checks.cc: it stands before on the axis
  return &*found;
}

bool needs_sentences(const AdaptSettings& adapt) {
  return find_adaptation(adapt.name).cuts_sentences;
}
bool needs_pool(const AdaptSettings& adapt) { return find_adaptation(adapt.name).reads_pool; }
bool needs_labels(const AdaptSettings& adapt) {
  const std::string labels = adapt.parameters.value("labels", "");
  return labels == "pseudo" || labels == "shuffled";
}
bool needs_splitter(const AdaptSettings& adapt) {
  return needs_sentences(adapt) && adapt.split == "learned";
}
bool needs_classifier(const AdaptSettings& adapt) {
  return adapt.name == "mixed" && adapt.group == "learned";
}

}  // namespace dovetail
