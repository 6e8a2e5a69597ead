// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace dovetail {

// One head with all its references.
struct Example {
  std::string source;
  std::vector<std::string> references;   // at least one, no duplicates
};

// A task's data. Train and test share no head; the order is fixed by the data, not by chance.
struct TaskData {
  std::string name;                      // "wordnet/antonym"
  std::string prefix;                    // what Mapping puts before the head: "antonym"
  std::string phrase;                    // what Prompting says: "{source} is the opposite of"
  std::string kind;                      // lexical, phrasal, form, reading
  std::vector<Example> train;
  std::vector<Example> test;
};

struct Task {
  std::string name;                      // slash name
  std::string kind;
  std::string description;               // one sentence
  std::string source;                    // data set and licence
  std::function<TaskData()> load;        // throws DataError (file, line)
  std::function<std::string()> fingerprint;   // content hash of the data and of how it is cut
};

// The catalogue (tasks.inc).
const std::vector<Task>& tasks();

// A task of the catalogue, or one described by a data set card (FILE.toml). Throws ConfigError.
Task find_task(const std::string& name_or_card);

// The training examples of one cell, as indices into `train` with the number of tails to keep.
// Subsets are nested: for one seed the smaller size's heads are a prefix of the larger one's.
struct Subset {
  std::vector<int64_t> heads;
  int64_t tails = 0;                     // up to so many references each; 0: all
  std::vector<int64_t> validation;       // of the training side, never in `heads`
};
Subset choose_subset(const TaskData& data, int64_t num_heads, int64_t tails, double fraction,
                     int64_t validation_examples, uint64_t seed);

// The test examples that every cell of the task is scored on: `count` of them (0: all), chosen
// by a hash of their text, so that neither seed nor order of the file decides.
std::vector<int64_t> choose_test(const TaskData& data, int64_t count);

}  // namespace dovetail
