// SPDX-License-Identifier: Apache-2.0
#include "planning/text_overlap.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <unordered_set>

#include "base/hash.h"
#include "base/names.h"
#include "text/corpus_names.h"

namespace dovetail {

namespace {

constexpr size_t kRun = 8, kShortest = 5;  // words
constexpr size_t kMostBytes = size_t{1} << 26;

// The words of a text with one space after each, and where each begins.
struct NormalWords {
  std::string text;
  std::vector<size_t> begins;

  std::string_view run(size_t first, size_t length) const {
    const size_t end = first + length < begins.size() ? begins[first + length] : text.size();
    return std::string_view(text).substr(begins[first], end - begins[first]);
  }
};

bool is_of_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z');
}

NormalWords normal_words(const std::string& text) {
  NormalWords words;
  bool inside = false;
  for (const char c : text) {
    if (!is_of_word(c)) {
      if (inside) words.text += ' ';
      inside = false;
      continue;
    }
    if (!inside) words.begins.push_back(words.text.size());
    inside = true;
    words.text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (inside) words.text += ' ';
  return words;
}

// The passages of all tasks, in one table.
class LookedFor {
 public:
  explicit LookedFor(const std::map<std::string, TestPassages>& tasks) {
    for (const auto& [task, passages] : tasks) {
      lengths_.insert(passages.lengths.begin(), passages.lengths.end());
      for (const auto& [hash, examples] : passages.examples) {
        may_be_there_[hash % kBits] = true;
        for (const uint32_t example : examples) places_[hash].emplace_back(seen_.size(), example);
      }
      names_.push_back(task);
      seen_.emplace_back();
    }
  }

  void look_in(const std::string& document) {
    const NormalWords words = normal_words(document);
    for (const size_t length : lengths_) {
      for (size_t first = 0; first + length <= words.begins.size(); ++first) {
        const uint64_t hash = hash64(words.run(first, length));
        if (!may_be_there_[hash % kBits]) continue;
        const auto found = places_.find(hash);
        if (found == places_.end()) continue;
        for (const auto& [task, example] : found->second) seen_[task].insert(example);
      }
    }
  }

  std::map<std::string, int64_t> seen() const {
    std::map<std::string, int64_t> counts;
    for (size_t task = 0; task < names_.size(); ++task) counts[names_[task]] = ssize(seen_[task]);
    return counts;
  }

 private:
  // Nearly every run of words is in no test set: a bit says so without a look into the map.
  static constexpr uint64_t kBits = uint64_t{1} << 24;

  std::vector<std::string> names_;
  std::vector<std::unordered_set<uint32_t>> seen_;  // examples of each task
  std::set<size_t> lengths_;
  std::vector<bool> may_be_there_ = std::vector<bool>(kBits);
  std::unordered_map<uint64_t, std::vector<std::pair<size_t, uint32_t>>> places_;
};

}  // namespace

TestPassages test_passages(const TaskData& data) {
  TestPassages passages;
  std::set<size_t> lengths;
  for (size_t e = 0; e < data.test.size(); ++e) {
    std::set<uint64_t> own;
    const auto add = [&](const std::string& text) {
      const NormalWords words = normal_words(text);
      if (words.begins.size() < kShortest) return;
      const size_t length = std::min(kRun, words.begins.size());
      lengths.insert(length);
      for (size_t first = 0; first + length <= words.begins.size(); ++first)
        own.insert(hash64(words.run(first, length)));
    };
    add(data.test[e].source);
    for (const std::string& reference : data.test[e].references) add(reference);
    for (const uint64_t hash : own) passages.examples[hash].push_back(static_cast<uint32_t>(e));
    passages.num_examples += !own.empty();
  }
  passages.lengths.assign(lengths.begin(), lengths.end());
  return passages;
}

TextOverlap text_overlap(const std::map<std::string, TestPassages>& tasks,
                         const std::vector<std::string>& corpora, size_t most_bytes) {
  TextOverlap overlap;
  LookedFor looked_for(tasks);
  for (const std::string& corpus : corpora) {
    size_t bytes = 0;
    for (const std::string& document :
         corpus_sample(corpus, std::numeric_limits<size_t>::max(), most_bytes)) {
      bytes += document.size();
      looked_for.look_in(document);
    }
    overlap.whole_text = overlap.whole_text && bytes < most_bytes;
  }
  overlap.seen = looked_for.seen();
  return overlap;
}

std::map<std::string, std::string> overlap_notes(const std::map<std::string, TestPassages>& tasks,
                                                 const std::vector<std::string>& corpora) {
  std::map<std::string, std::string> notes;
  const TextOverlap overlap = text_overlap(tasks, corpora, kMostBytes);
  for (const auto& [task, passages] : tasks) {
    std::string& note = notes[task];
    if (passages.num_examples == 0 || corpora.empty()) continue;
    note = fmt::format(
        "{} of {} test examples of five words or more stand in the pre-training text word for "
        "word{}",
        overlap.seen.at(task), passages.num_examples,
        overlap.whole_text ? ""
                           : fmt::format("; looked for in its first {} MiB", kMostBytes >> 20));
  }
  return notes;
}

}  // namespace dovetail
