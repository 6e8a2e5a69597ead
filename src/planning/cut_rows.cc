// SPDX-License-Identifier: Apache-2.0
#include "planning/cut_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace dovetail {

namespace {

// Below this share the report's count is enough.
constexpr double kLeastShare = 0.01;

void note_cut(const std::vector<int64_t>& words, int64_t limit, const char* what, const char* key,
              std::vector<std::string>& notes) {
  const auto cut = std::ranges::count_if(words, [&](int64_t count) { return count >= limit; });
  if (cut == 0 || kLeastShare * static_cast<double>(words.size()) > static_cast<double>(cut))
    return;
  notes.push_back(fmt::format(
      "{} of {} {} have more words than {} = {} has room for tokens, and lose their end", cut,
      words.size(), what, key, limit));
}

}  // namespace

WordCounts word_counts(const TaskData& data) {
  WordCounts words;
  for (const auto* split : {&data.train, &data.test}) {
    for (const Example& example : *split) {
      words.sources.push_back(num_words(example.source));
      for (const std::string& reference : example.references)
        words.targets.push_back(num_words(reference));
    }
  }
  return words;
}

std::vector<std::string> cut_row_notes(const WordCounts& words, int64_t max_source_length,
                                       int64_t max_target_length) {
  std::vector<std::string> notes;
  note_cut(words.sources, max_source_length, "sources", "max_source_length", notes);
  note_cut(words.targets, max_target_length, "targets", "max_target_length", notes);
  return notes;
}

}  // namespace dovetail
