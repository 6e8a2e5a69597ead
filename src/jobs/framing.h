// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "text/vocabulary.h"

namespace dovetail {

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

// Whether an id is content of a target: none of what the tokenizer puts around a text, no sentinel.
inline bool is_content(const Vocabulary& vocabulary, int32_t id) {
  const SpecialIds& special = vocabulary.special_ids();
  return id != special.eos && id != special.bos && !vocabulary.is_sentinel(id);
}

}  // namespace dovetail
