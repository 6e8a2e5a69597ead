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

// Test examples of tasks, to keep sentences that say one out of adaptation text.
class TestTriples {
 public:
  // The heads of tasks of several relations are taken without their relation.
  void add(const TaskData& task);
  // Whether the sentence holds head and tail of one example, both as whole words; capital letters
  // and punctuation do not matter.
  bool leaks_into(std::string_view sentence) const;
  int64_t size() const { return static_cast<int64_t>(triples_.size()); }

 private:
  struct Triple {
    std::string head;                // " word word "
    std::vector<std::string> tails;  // alike
  };
  std::vector<Triple> triples_;
  std::unordered_map<std::string, std::vector<size_t>> by_word_;  // a head's longest word
};

struct SelectionSettings {
  int64_t count = 0;       // of sentences to keep; 0: all
  bool at_random = false;  // so many drawn by a hash of their text, or else the first ones
  uint64_t seed = 1;
};

struct SentenceSelection {
  std::vector<SplitSentence> sentences;  // in the order of their lines
  int64_t lines = 0;                     // that were read; the first `count` need not be all
  SplitCounts rejections;                // by reason: the splitter's, "duplicate", "test triple",
                                         // "not utf-8", "not drawn"
  SplitCounts relations;                 // kept, by relation
};

using Splitter = std::function<SplitResult(std::string_view sentence, int64_t line)>;

// Cuts the sentences of a file, one a line; MTO took the first 8,000 that were left. Each sentence
// is kept once. DataError for a file without a line, ConfigError for one that is not there.
SentenceSelection select_sentences(const std::filesystem::path& file, const Splitter& splitter,
                                   const SelectionSettings& settings,
                                   const TestTriples& tests = {});

}  // namespace dovetail
