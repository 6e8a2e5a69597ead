// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "examples/task.h"

// How much of a test set stands in the text that models are pre-trained on.
//
// An example is in the text if a run of eight words of its source or of an answer is, word for word
// (as Chowdhery et al. 2022, "PaLM", look for), or all of one that has five to seven words. Words
// are letters and digits, in lower case. Shorter texts stand everywhere and are not looked for.
namespace dovetail {

struct TestPassages {
  // The test examples with such a passage, by the passage's hash.
  std::unordered_map<uint64_t, std::vector<uint32_t>> examples;
  std::vector<size_t> lengths;  // of passages, in words
  int64_t num_examples = 0;     // that have one
};

TestPassages test_passages(const TaskData& data);

struct TextOverlap {
  std::map<std::string, int64_t> seen;  // examples that stand in the text, by task
  bool whole_text = true;               // false: the text goes on after what was read
};

// Reads each corpus (text/corpus_names.h) once, and so many bytes of it at most.
TextOverlap text_overlap(const std::map<std::string, TestPassages>& tasks,
                         const std::vector<std::string>& corpora, size_t most_bytes);

// A sentence for each task; "" where no example has a passage, or there is no text.
std::map<std::string, std::string> overlap_notes(const std::map<std::string, TestPassages>& tasks,
                                                 const std::vector<std::string>& corpora);

}  // namespace dovetail
