// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "model/config.h"
#include "text/vocabulary.h"

namespace dovetail {

// How many texts a row is to its model. An encoder and a decoder read two, each as the tokenizer
// frames a text. A causal network reads one: its source does not end, and its target, which goes on
// there, does not begin anew, but ends.
enum class RowTexts { two, one };

inline RowTexts row_texts(const T5Config& config) {
  return config.is_causal() ? RowTexts::one : RowTexts::two;
}

inline std::vector<int32_t> source_frame(const Vocabulary& vocabulary, std::vector<int32_t> ids,
                                         RowTexts texts) {
  ids = vocabulary.frame(std::move(ids));
  if (texts == RowTexts::two) return ids;
  const std::vector<int32_t> around = vocabulary.frame({});
  if (!around.empty() && around.back() == vocabulary.special_ids().eos) ids.pop_back();
  return ids;
}

inline std::vector<int32_t> target_frame(const Vocabulary& vocabulary, std::vector<int32_t> ids,
                                         RowTexts texts) {
  if (texts == RowTexts::two) return vocabulary.frame(std::move(ids));
  ids.push_back(vocabulary.special_ids().eos);
  return ids;
}

// The most ids of a text that fit into `longest` with what the tokenizer puts around them.
inline int64_t room_in_frame(const Vocabulary& vocabulary, int64_t longest) {
  return std::max<int64_t>(0, longest - std::ssize(vocabulary.frame({})));
}

// The ids of a text, cut to fit, with what the tokenizer puts around them.
inline std::vector<int32_t> framed(const Vocabulary& vocabulary, std::vector<int32_t> ids,
                                   int64_t longest) {
  const auto room = static_cast<size_t>(room_in_frame(vocabulary, longest));
  ids.resize(std::min(ids.size(), room));
  return vocabulary.frame(std::move(ids));
}

// The same of a target.
inline std::vector<int32_t> framed_target(const Vocabulary& vocabulary, std::vector<int32_t> ids,
                                          int64_t longest, RowTexts texts) {
  if (texts == RowTexts::two) return framed(vocabulary, std::move(ids), longest);
  ids.resize(std::min(ids.size(), static_cast<size_t>(std::max<int64_t>(0, longest - 1))));
  return target_frame(vocabulary, std::move(ids), texts);
}

// Whether an id is content of a target: none of what the tokenizer puts around a text, no sentinel.
inline bool is_content(const Vocabulary& vocabulary, int32_t id) {
  const SpecialIds& special = vocabulary.special_ids();
  return id != special.eos && id != special.bos && !vocabulary.is_sentinel(id);
}

}  // namespace dovetail
