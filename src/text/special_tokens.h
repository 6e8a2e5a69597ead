// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace dovetail {

// The first "<pad>", "</s>", "<unk>" or "<extra_id_K>" with K < num_sentinels in a text. A K with
// leading zeros does not count: "<extra_id_01>" is plain text.
struct SpecialToken {
  size_t begin = 0, end = 0;  // begin == npos: none found
  int32_t id = -1;            // the id of pad, </s> or <unk>; -1 for a sentinel
  int sentinel = -1;
  bool found() const { return begin != std::string_view::npos; }
};
SpecialToken find_special_token(std::string_view text, int num_sentinels);

}  // namespace dovetail
