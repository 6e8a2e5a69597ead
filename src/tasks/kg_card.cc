// SPDX-License-Identifier: Apache-2.0
// Reads a data set card.
#include <algorithm>

#include "base/error.h"
#include "base/names.h"
#include "tasks/data_folder.h"
#include "tasks/kg_tsv.h"
#include "tasks/strict_toml.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

const std::vector<std::string> kKeys = {"kind",
                                        "name",
                                        "description",
                                        "source",
                                        "task_kind",
                                        "train",
                                        "test",
                                        "dev",
                                        "header",
                                        "delimiter",
                                        "columns.head",
                                        "columns.tail",
                                        "columns.relation",
                                        "relation",
                                        "prefix",
                                        "phrase",
                                        "verbalizer",
                                        "test_fraction",
                                        "drop_tails",
                                        "bad_rows"};

const std::vector<std::string> kTaskKinds = {"lexical", "phrasal", "form", "reading"};

fs::path card_file(const std::string& name) {
  if (fs::path(name).is_absolute() || fs::exists(name)) return name;
  const fs::path ours = data_folder() / "cards" / name;
  if (fs::exists(ours)) return ours;
  throw_<ConfigError>("no data set card {}, neither here ({}) nor at {}", name,
                      fs::current_path().string(), ours.string());
}

std::string one_of(const StrictToml& toml, const std::string& key, const std::string& otherwise,
                   const std::vector<std::string>& allowed) {
  const std::string found = toml.text(key, otherwise);
  if (std::find(allowed.begin(), allowed.end(), found) == allowed.end()) {
    toml.fail(key, fmt::format("unknown {} \"{}\": {}", key, found, did_you_mean(found, allowed)));
  }
  return found;
}

fs::path data_file(const StrictToml& toml, const std::string& key) {
  const fs::path path = (toml.file().parent_path() / toml.text(key)).lexically_normal();
  if (!fs::is_regular_file(path)) {
    toml.fail(key, fmt::format("{}: there is no file {} (relative names start from the card's "
                               "folder)",
                               key, path.string()));
  }
  return path;
}

KgTsvCard::Column column(const StrictToml& toml, const std::string& role, int64_t otherwise,
                         bool header) {
  const std::string key = "columns." + role;
  const KgTsvCard::Column found = toml.number_or_text(key, otherwise);
  if (const int64_t* number = std::get_if<int64_t>(&found); number && *number < 1) {
    toml.fail(key, fmt::format("{} counts from 1, found {}", key, *number));
  }
  if (std::holds_alternative<std::string>(found) && !header) {
    toml.fail(key, fmt::format("{} is a name, which needs header = true; or give its number", key));
  }
  return found;
}

void read_splits(const StrictToml& toml, KgTsvCard& card) {
  card.train = data_file(toml, "train");
  if (toml.has("test")) card.test = data_file(toml, "test");
  if (toml.has("dev")) card.dev = data_file(toml, "dev");
  card.test_fraction = toml.number("test_fraction").value_or(0);
  if (card.test && toml.has("test_fraction")) {
    toml.fail("test_fraction", "give a test file or test_fraction, not both");
  }
  if (!card.test && !(card.test_fraction > 0 && card.test_fraction < 1)) {
    toml.fail("test_fraction",
              "without a test file, test_fraction must say which part of the heads is for the "
              "test, between 0 and 1");
  }
}

void read_layout(const StrictToml& toml, KgTsvCard& card) {
  card.header = toml.flag("header", false);
  card.delimiter = toml.text("delimiter", "\t");
  if (card.delimiter.empty()) toml.fail("delimiter", "delimiter must not be empty");
  card.relation = toml.text("relation", "");
  card.head = column(toml, "head", 1, card.header);
  card.relation_column = column(toml, "relation", 2, card.header);
  // without relations a file has two columns
  card.tail = column(toml, "tail", card.relation.empty() ? 2 : 3, card.header);
  if (card.relation.empty() && toml.has("columns.relation")) {
    toml.fail("columns.relation",
              "a column of relations needs relation = \"NAME\", or relation = \"*\" for all");
  }
  card.drop_tails = toml.texts("drop_tails");
  card.refuse_bad_rows = one_of(toml, "bad_rows", "skip", {"skip", "refuse"}) == "refuse";
}

void read_wording(const StrictToml& toml, KgTsvCard& card) {
  card.prefix = toml.text("prefix", "");
  card.phrase = toml.text("phrase", "");
  const std::string mistake = phrase_mistake(card.phrase);
  if (!mistake.empty()) toml.fail("phrase", mistake);
  if (card.phrase.empty() == !toml.has("verbalizer")) {
    toml.fail(toml.has("verbalizer") ? "verbalizer" : "phrase",
              "the Prompting templates need either a phrase or a verbalizer (which says a phrase "
              "for each relation)");
  }
  if (!toml.has("verbalizer")) return;
  if (card.relation.empty()) toml.fail("verbalizer", "a verbalizer needs relations; give a phrase");
  try {
    card.verbalizer = load_verbalizer(toml.text("verbalizer"), toml.file().parent_path());
    if (card.relation != "*") card.verbalizer->phrase(card.relation);
  } catch (const ConfigError& error) {
    toml.fail("verbalizer", error.what());
  }
}

void check_name(const StrictToml& toml, const std::string& name) {
  const auto allowed = [](unsigned char letter) {
    return std::isalnum(letter) || std::string_view("/_-.").find(letter) != std::string_view::npos;
  };
  if (name.empty() || !std::all_of(name.begin(), name.end(), allowed)) {
    toml.fail("name", fmt::format("name must consist of letters, digits and / _ - . (it names "
                                  "results too), found \"{}\"",
                                  name));
  }
}

}  // namespace

std::string KgTsvCard::prefix_of(const std::string& of) const {
  return prefix.empty() ? of : prefix;
}

std::string KgTsvCard::phrase_of(const std::string& of) const {
  return verbalizer ? verbalizer->phrase(of) : phrase;
}

KgTsvCard read_kg_tsv_card(const std::string& card_name) {
  const size_t hash = card_name.find('#');
  KgTsvCard card;
  card.file = card_file(card_name.substr(0, hash));
  const StrictToml toml(card.file, kKeys);
  one_of(toml, "kind", toml.text("kind"), {"kg-tsv"});
  card.name = toml.text("name");
  check_name(toml, card.name);
  card.description = toml.text("description", "tails of " + card.name);
  card.source = toml.text("source", card.file.filename().string());
  card.task_kind = one_of(toml, "task_kind", "phrasal", kTaskKinds);
  read_layout(toml, card);
  if (hash != std::string::npos) {
    if (card.relation != "*") {
      toml.fail("relation", fmt::format("{} asks for one relation of a card, which then needs "
                                        "relation = \"*\"",
                                        card_name));
    }
    card.relation = card_name.substr(hash + 1);
    card.name += "/" + card.relation;
    check_name(toml, card.name);
  }
  read_splits(toml, card);
  read_wording(toml, card);
  return card;
}

}  // namespace dovetail
