// SPDX-License-Identifier: Apache-2.0
#include "stepgame/offset.h"

#include <algorithm>

namespace dovetail {

Offset sign_of(Offset offset) {
  return {(offset.x > 0) - (offset.x < 0), (offset.y > 0) - (offset.y < 0)};
}

const std::vector<std::string>& relation_names() {
  static const std::vector<std::string> names = {"above",      "below",       "left",
                                                 "right",      "upper-left",  "upper-right",
                                                 "lower-left", "lower-right", "overlap"};
  return names;
}

size_t relation_index(Offset offset) {
  return std::ranges::find(kMoves, sign_of(offset)) - kMoves.begin();
}

const std::string& relation_name(Offset offset) { return relation_names()[relation_index(offset)]; }

std::optional<Offset> find_relation(std::string_view name) {
  const auto found = std::ranges::find(relation_names(), name);
  if (found == relation_names().end()) return std::nullopt;
  const size_t index = found - relation_names().begin();
  return index < kMoves.size() ? kMoves[index] : Offset{};
}

}  // namespace dovetail
