// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tasks/task.h"
#include "tasks/verbalizer.h"

namespace dovetail {

// A data set card: a TOML file that says where a user's file of heads, relations and tails lies
// and how it becomes a task. data/cards/atomic2020.toml explains every key.
struct KgTsvCard {
  std::filesystem::path file;  // the card itself
  std::string name, description, source, task_kind;
  std::filesystem::path train;  // absolute, or relative to where the process runs
  std::optional<std::filesystem::path> test, dev;
  bool header = false;
  std::string delimiter = "\t";
  using Column = std::variant<int64_t, std::string>;  // from 1 on, or a name in the header
  Column head = int64_t{1}, relation_column = int64_t{2}, tail = int64_t{3};
  std::string relation;        // "": the file has none; "*": all, in one task
  std::string prefix, phrase;  // phrase "": ask the verbalizer
  std::optional<Verbalizer> verbalizer;
  double test_fraction = 0;             // of the heads, when there is no test file
  std::vector<std::string> drop_tails;  // "none"
  bool refuse_bad_rows = false;         // or skip and count them

  // Of a relation that the data has.
  std::string prefix_of(const std::string& relation) const;
  std::string phrase_of(const std::string& relation) const;
};

// ConfigError FILE:LINE:COLUMN for an unknown key, a wrong value, a file that is not there.
// FILE.toml#RELATION takes one relation of a card with relation = "*".
KgTsvCard read_kg_tsv_card(const std::string& card);

// What was met in one file. Rows in the second group were skipped.
struct FileReport {
  std::string file;
  int64_t lines = 0;    // with the header
  int64_t triples = 0;  // kept
  int64_t blank_lines = 0, other_relations = 0, dropped_tails = 0, duplicates = 0;
  int64_t empty_heads = 0, empty_tails = 0, invalid_utf8 = 0, too_long = 0;

  int64_t bad_rows() const { return empty_heads + empty_tails + invalid_utf8 + too_long; }
};

struct DataReport {
  std::vector<FileReport> files;
  std::vector<std::string> problems;  // FILE:LINE: what; the first kMaxProblems bad rows
  int64_t train_heads = 0, test_heads = 0, dev_heads = 0;
  int64_t train_references = 0, test_references = 0, dev_references = 0;
  // Heads of train that test has under another relation: no leak, but worth knowing.
  int64_t heads_shared_under_other_relations = 0;
};
inline constexpr size_t kMaxProblems = 20;
inline constexpr size_t kMaxRowBytes = 65536;

void to_json(nlohmann::json& json, const FileReport& report);
void to_json(nlohmann::json& json, const DataReport& report);

struct LoadedKgTsv {
  TaskData data;
  std::vector<Example> dev;  // checked for leaks; cells validate on the training side
  DataReport report;
};

// Throws DataError (FILE:LINE) for a row or header without a column, for a (head, relation) that
// two splits share, for data without a row, and for bad rows where the card refuses them.
LoadedKgTsv load_kg_tsv(const KgTsvCard& card);

// The card as a task.
Task kg_tsv_task(const std::string& card);

}  // namespace dovetail
