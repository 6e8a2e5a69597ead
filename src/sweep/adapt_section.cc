// SPDX-License-Identifier: Apache-2.0
#include "sweep/adapt_section.h"

#include "base/error.h"
#include "sweep/optimizer_section.h"
#include "sweep/tune_section.h"

namespace dovetail {

namespace {

const std::vector<std::string> kOptionKeys = {
    "accumulate", "label_smoothing", "z_loss", "ema", "activation_checkpointing", "precision"};
const std::vector<std::string> kOwnKeys = {"sentences",
                                           "split",
                                           "group",
                                           "lexicon",
                                           "prefix",
                                           "rows",
                                           "graph_rows",
                                           "steps",
                                           "batch_size",
                                           "max_source_length",
                                           "max_target_length",
                                           "dropout",
                                           "seed",
                                           "optimizer",
                                           "learning_rate",
                                           "schedule"};

std::vector<std::string> keys(std::vector<std::string> more) {
  more.insert(more.end(), kOwnKeys.begin(), kOwnKeys.end());
  more.insert(more.end(), kOptionKeys.begin(), kOptionKeys.end());
  return more;
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
  const TomlTable table(node, "[adapt]", keys({"text", "graph"}));
  read_settings(table, sweep, sweep.adapt, optimizers);
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
  if (node.is_string()) {
    adapt.name = known_name(node, "adaptation", kAdaptations);
    return adapt;
  }
  const TomlTable table(node, "an adaptation", keys({"name", "label"}));
  adapt.name = known_name(table.at("name"), "adaptation", kAdaptations);
  read_settings(table, sweep, adapt, optimizers);
  return adapt;
}

bool needs_sentences(const AdaptSettings& adapt) {
  return adapt.name != "none" && adapt.name != "continued";
}
bool needs_splitter(const AdaptSettings& adapt) {
  return needs_sentences(adapt) && adapt.split == "learned";
}
bool needs_classifier(const AdaptSettings& adapt) {
  return adapt.name == "mixed" && adapt.group == "learned";
}

}  // namespace dovetail
