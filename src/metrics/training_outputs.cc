// SPDX-License-Identifier: Apache-2.0
#include "metrics/training_outputs.h"

#include <algorithm>

#include "metrics/tokens.h"

namespace dovetail {

TrainingOutputs::TrainingOutputs(std::span<const std::string> outputs) {
  for (const std::string& output : outputs) {
    for (const std::string& word : split_white_space(output)) {
      suffixes_.push_back(words_.size());
      words_.push_back(ids_.try_emplace(word, static_cast<int32_t>(ids_.size()) + 1).first->second);
    }
    words_.push_back(0);
  }
  // A suffix ends where its output does; those that are then equal keep their order.
  std::ranges::stable_sort(suffixes_, [this](size_t a, size_t b) {
    while (words_[a] == words_[b] && words_[a] != 0) ++a, ++b;
    return words_[a] < words_[b];
  });
}

int64_t TrainingOutputs::common_words(size_t place, std::span<const int32_t> words) const {
  size_t count = 0;
  while (count < words.size() && words_[place + count] == words[count]) ++count;
  return static_cast<int64_t>(count);
}

// What a suffix of the text has in common with any suffix of the outputs is most with a neighbour
// of its place among them (Manber and Myers 1993).
int64_t TrainingOutputs::longest_run(std::string_view text) const {
  std::vector<int32_t> words;
  for (const std::string& word : split_white_space(text)) {
    const auto found = ids_.find(word);
    words.push_back(found == ids_.end() ? -1 : found->second);  // equal to no word of an output
  }
  int64_t longest = 0;
  for (size_t first = 0; first < words.size(); ++first) {
    const std::span rest = std::span(words).subspan(first);
    const auto next = std::ranges::partition_point(suffixes_, [&](size_t place) {
      const auto same = static_cast<size_t>(common_words(place, rest));
      return same < rest.size() && words_[place + same] < rest[same];
    });
    if (next != suffixes_.end()) longest = std::max(longest, common_words(*next, rest));
    if (next != suffixes_.begin())
      longest = std::max(longest, common_words(*std::prev(next), rest));
  }
  return longest;
}

}  // namespace dovetail
