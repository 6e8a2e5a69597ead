// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/catalogue.h"
#include "base/strict_toml.h"
#include "cards/example_importer.h"
#include "examples/task.h"
#include "tables/row.h"

namespace dovetail {

// A data set card: a TOML file that names a user's data files and describes how they become a task.
// docs/data.md explains every key; data/cards has a card for each published data set.

// The name of a card in a sweep or on the command line: FILE.toml; FILE.toml#RELATION for one
// relation of a card of several; FILE.toml#split_seed=21 and FILE.toml#shots=30 for another of the
// published splits.
struct CardName {
  std::string file;
  std::string relation;                        // "": the card's own
  std::map<std::string, std::string> choices;  // split_seed, shots
};
// ConfigError for an unknown choice.
CardName parse_card_name(const std::string& name);

// The keys that all kinds of cards share.
struct Card {
  std::filesystem::path file;  // the card itself
  std::string name, description, source, task_kind, kind;
  std::string prefix, phrase;
  struct Split {
    std::filesystem::path rows;
    std::filesystem::path answers;  // the file of its answers; "": rows have answers
    std::string encoding;           // as iconv names it; "": UTF-8
  };
  Split train;
  std::optional<Split> test, dev;
  double test_fraction = 0;    // the part of the sources to test on, without a test file
  double most_bad_rows = 0.1;  // the share of a file's rows that may be bad
  bool keep_duplicates = false;
  bool validate_on_dev = false;  // else on a part of train
  enum class Leaks { refuse, drop_from_train, drop_from_test };
  Leaks leaks = Leaks::refuse;
};

// How a kind of card reads its files.
struct Importer {
  RowRules rules;
  std::function<void(const Card::Split&, ExampleImporter&)> read;
  // Describes the data as a whole (relations, prefix, phrase), once the examples are read.
  std::function<void(TaskData&)> describe = [](TaskData&) {};
  // The key of an example for test_fraction: examples of equal key go to the same split.
  std::function<std::string(const Example&)> split_key = source_key;
  nlohmann::json settings;  // what decides the data besides the files, for the fingerprint
  std::vector<std::string> strata = {};  // the names of the columns behind Draft::strata
};

struct CardKind {
  std::string name;  // "multiple-choice"
  std::string description;
  std::string task_kind;          // the default
  bool reads_answers = false;     // allows train_answers, test_answers, dev_answers
  std::vector<std::string> keys;  // besides those of all kinds
  // Makes the importer. May change the card, for instance its name. ConfigError for a wrong value.
  std::function<Importer(const StrictToml&, const CardName&, Card&)> make;
};

// The catalogue (card_kinds.inc).
const std::vector<CardKind>& card_kinds();

struct CardTask {
  Card card;
  Importer importer;
};

// Reads a card. ConfigError FILE:LINE:COLUMN for an unknown key, a wrong value or a missing file.
CardTask read_card(const std::string& name);

// The text at a card's key, which must be one of `allowed`; `otherwise` where the key is absent.
// ConfigError with the nearest allowed value.
std::string one_of(const StrictToml& toml, const std::string& key, const std::string& otherwise,
                   const std::vector<std::string>& allowed);

// The entry of a catalogue that the card names at `key`, which is required. ConfigError with the
// nearest name.
template <typename Entry>
const Entry& one_of_catalogue(const StrictToml& toml, const std::string& key,
                              const std::vector<Entry>& catalogue) {
  const std::string name = toml.text(key);
  try {
    return find_in_catalogue(key.c_str(), catalogue, name);
  } catch (const ConfigError& error) {
    toml.fail(key, error.what());
  }
}

// The column at a card's key: a number from 1 on or, where `has_names` (a header, JSON keys), a
// name. ConfigError for any other value.
Column read_column(const StrictToml& toml, const std::string& key, const Column& otherwise,
                   bool has_names);

// The names of columns, as TaskData::strata has them.
std::vector<std::string> names_of(const std::vector<Column>& columns);

// The table [labels] as (label in the file, word in the target), sorted by the former. ConfigError
// for a single label, an empty word, and a word that two labels share.
std::vector<std::pair<std::string, std::string>> read_labels(const StrictToml& toml);

// ConfigError for FILE.toml#RELATION where the kind of card knows no relations.
void refuse_relation(const StrictToml& toml, const CardName& asked);

}  // namespace dovetail
