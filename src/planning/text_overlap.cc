// SPDX-License-Identifier: Apache-2.0
#include "planning/text_overlap.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

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

TextOverlap text_overlap(const TestPassages& passages, const std::vector<std::string>& corpora,
                         size_t most_bytes) {
  std::set<uint32_t> seen;
  TextOverlap overlap;
  // Nearly every run of words is in no test set: a bit says so without a look into the map.
  constexpr uint64_t kBits = uint64_t{1} << 22;
  std::vector<bool> may_be_there(kBits);
  for (const auto& [hash, examples] : passages.examples) may_be_there[hash % kBits] = true;
  for (const std::string& corpus : corpora) {
    size_t bytes = 0;
    for (const std::string& document :
         corpus_sample(corpus, std::numeric_limits<size_t>::max(), most_bytes)) {
      bytes += document.size();
      const NormalWords words = normal_words(document);
      for (const size_t length : passages.lengths) {
        for (size_t first = 0; first + length <= words.begins.size(); ++first) {
          const uint64_t hash = hash64(words.run(first, length));
          if (!may_be_there[hash % kBits]) continue;
          const auto found = passages.examples.find(hash);
          if (found != passages.examples.end())
            seen.insert(found->second.begin(), found->second.end());
        }
      }
    }
    overlap.whole_text = overlap.whole_text && bytes < most_bytes;
  }
  overlap.seen = std::ssize(seen);
  return overlap;
}

std::string overlap_note(const TestPassages& passages, const std::vector<std::string>& corpora) {
  if (passages.num_examples == 0 || corpora.empty()) return "";
  const TextOverlap overlap = text_overlap(passages, corpora, kMostBytes);
  return fmt::format(
      "{} of {} test examples of five words or more stand in the pre-training text word for word{}",
      overlap.seen, passages.num_examples,
      overlap.whole_text ? "" : fmt::format("; looked for in its first {} MiB", kMostBytes >> 20));
}

}  // namespace dovetail
