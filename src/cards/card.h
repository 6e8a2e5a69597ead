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

#include "base/strict_toml.h"
#include "cards/data_report.h"
#include "cards/example_importer.h"
#include "cards/row_reader.h"
#include "examples/task.h"

namespace dovetail {

// A data set card: a TOML file that says where a user's data lie and how they become a task.
// docs/data.md explains every key; data/cards has a card for each published data set.

// What a sweep or a command names: FILE.toml, FILE.toml#RELATION for one relation of a card of
// all, FILE.toml#split_seed=21 and FILE.toml#shots=30 for another of the published splits.
struct CardName {
  std::string file;
  std::string relation;                        // "": as the card says
  std::map<std::string, std::string> choices;  // split_seed, shots
};
// ConfigError for an unknown choice.
CardName parse_card_name(const std::string& name);

// The keys that all kinds share.
struct Card {
  std::filesystem::path file;  // the card itself
  std::string name, description, source, task_kind, kind;
  std::string prefix, phrase;
  struct Split {
    std::filesystem::path rows;
    std::filesystem::path answers;  // the file whose line N answers row N; "": the rows do
  };
  Split train;
  std::optional<Split> test, dev;
  double test_fraction = 0;  // of the sources, when there is no test file
  bool refuse_bad_rows = false;
  bool keep_duplicates = false;
  bool validate_on_dev = false;  // or on a part of train
  enum class Leaks { refuse, drop_from_train, drop_from_test };
  Leaks leaks = Leaks::refuse;
};

// What a kind makes of a card.
struct Importer {
  RowRules rules;
  std::function<void(const Card::Split&, ExampleImporter&)> read;
  // What the data are as a whole, once their examples are there.
  std::function<void(TaskData&)> describe = [](TaskData&) {};
  // Examples that share it go to the same side of a test_fraction.
  std::function<std::string(const Example&)> split_key = source_key;
  nlohmann::json settings;  // all that decides, beside the files, what the data become
};

struct CardKind {
  std::string name;  // "multiple-choice"
  std::string description;
  std::string task_kind;          // the default
  bool reads_answers = false;     // knows train_answers, test_answers, dev_answers
  std::vector<std::string> keys;  // beside those of all kinds
  // May change the card: its name, say. ConfigError for a wrong value.
  std::function<Importer(const StrictToml&, const CardName&, Card&)> make;
};

// The catalogue (card_kinds.inc).
const std::vector<CardKind>& card_kinds();

struct CardTask {
  Card card;
  Importer importer;
};

// ConfigError FILE:LINE:COLUMN for an unknown key, a wrong value, a file that is not there.
CardTask read_card(const std::string& name);

struct LoadedCard {
  TaskData data;
  std::vector<Example> dev;
  DataReport report;
};

// Reads all files. Leaks and bad rows that the card refuses stand in report.refusals. DataError
// (FILE:LINE) for data that cannot be read or have no row left.
LoadedCard examine_card(const CardTask& task);
// The same, without the note on sources that differ in case; DataError when something is refused.
LoadedCard load_card(const CardTask& task);

// The card as a task.
Task card_task(const std::string& name);

// What is to be said of a card's or a catalogue task's data; never throws DataError, which
// becomes a refusal.
DataReport verify_task(const std::string& name_or_card);

// Where the card lies: here, or among the project's own. ConfigError when it is nowhere.
std::filesystem::path find_card(const std::string& file);
// Names of the project's own cards: "piqa.toml".
std::vector<std::string> shipped_cards();

// A text of a card that must be one of these.
std::string one_of(const StrictToml& toml, const std::string& key, const std::string& otherwise,
                   const std::vector<std::string>& allowed);

// A column by its number from 1 on or, where rows have names for them, by name.
Column read_column(const StrictToml& toml, const std::string& key, const Column& otherwise,
                   bool has_names);

// The table [labels]: as the files have it -> the word, in the order of the former. ConfigError
// for a word that two labels share.
std::vector<std::pair<std::string, std::string>> read_labels(const StrictToml& toml);

// ConfigError for FILE.toml#RELATION where the kind knows no relations.
void refuse_relation(const StrictToml& toml, const CardName& asked);

}  // namespace dovetail
