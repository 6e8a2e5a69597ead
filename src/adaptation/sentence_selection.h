// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adaptation/sentence_split.h"
#include "examples/task.h"

namespace dovetail {

// The test examples of tasks. Sentences that contain one are kept out of adaptation text.
class TestTriples {
 public:
  // Adds the test examples of a task. Heads of tasks of several relations lose their relation.
  void add(const TaskData& task);
  // Whether the sentence contains head and tail of one example as whole words, regardless of case
  // and punctuation.
  bool leaks_into(std::string_view sentence) const;
  int64_t size() const { return static_cast<int64_t>(triples_.size()); }

 private:
  struct Triple {
    std::string head;                // " word word "
    std::vector<std::string> tails;  // in the same form
  };
  std::vector<Triple> triples_;
  std::unordered_map<std::string, std::vector<size_t>> by_word_;  // by the longest word of the head
};

struct SelectionSettings {
  int64_t count = 0;       // of sentences to keep; 0: all
  bool at_random = false;  // drawn by a hash of their text; else the first ones
  uint64_t seed = 1;
};

struct SentenceSelection {
  std::vector<SplitSentence> sentences;  // in the order of their lines
  int64_t lines = 0;                     // read; not all of the file if `count` is reached before
  SplitCounts rejections;                // by reason: the splitter's, "duplicate", "test triple",
                                         // "not utf-8", "not drawn"
  SplitCounts relations;                 // kept, by relation
};

using Splitter = std::function<SplitResult(std::string_view sentence, int64_t line)>;

// Splits the sentences of a file, one a line, and keeps each sentence once. (MTO kept the first
// 8,000.) DataError for an empty file, ConfigError for a missing one.
SentenceSelection select_sentences(const std::filesystem::path& file, const Splitter& splitter,
                                   const SelectionSettings& settings,
                                   const TestTriples& tests = {});

}  // namespace dovetail
