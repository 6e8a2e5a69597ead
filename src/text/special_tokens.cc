// SPDX-License-Identifier: Apache-2.0
#include "text/special_tokens.h"

#include <charconv>

namespace dovetail {

namespace {

int parse_sentinel(std::string_view text, size_t& length) {
  static constexpr std::string_view kPrefix = "<extra_id_";
  if (!text.starts_with(kPrefix)) return -1;
  const char* first = text.data() + kPrefix.size();
  const char* last = text.data() + text.size();
  int index = -1;
  const auto [end, error] = std::from_chars(first, last, index);
  const bool leading_zero = end - first > 1 && *first == '0';
  if (error != std::errc() || *first == '-' || leading_zero || end == last || *end != '>')
    return -1;
  length = static_cast<size_t>(end - text.data()) + 1;
  return index;
}

}  // namespace

SpecialToken find_special_token(std::string_view text, int num_sentinels) {
  static constexpr std::string_view kNames[] = {"<pad>", "</s>", "<unk>"};  // ids 0, 1, 2
  for (size_t at = text.find('<'); at != text.npos; at = text.find('<', at + 1)) {
    const std::string_view rest = text.substr(at);
    for (int32_t id = 0; id < 3; ++id) {
      if (rest.starts_with(kNames[id])) return {at, at + kNames[id].size(), id, -1};
    }
    size_t length = 0;
    const int index = parse_sentinel(rest, length);
    if (index >= 0 && index < num_sentinels) return {at, at + length, -1, index};
  }
  return {std::string_view::npos, std::string_view::npos};
}

}  // namespace dovetail
