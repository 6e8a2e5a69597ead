// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// Finds the pieces that a text begins with. A piece's id is its place in the list; of equal pieces
// the last one counts. An empty piece is never found.
class PieceTrie {
 public:
  explicit PieceTrie(std::span<const std::string_view> pieces);

  // Calls take(length in bytes, id) for each piece that `text` begins with, shortest first.
  template <typename Take>
  void for_each_prefix(std::string_view text, Take take) const {
    uint32_t node = kRoot;
    for (size_t i = 0; i < text.size(); ++i) {
      node = child(node, static_cast<uint8_t>(text[i]));
      if (node == kRoot) return;
      if (ids_[node] >= 0) take(i + 1, ids_[node]);
    }
  }

  int32_t find(std::string_view piece) const;  // -1: no such piece

 private:
  static constexpr uint32_t kRoot = 0;  // nobody's child, so it also says "no such child"

  uint32_t child(uint32_t node, uint8_t byte) const {
    if (node == kRoot) return of_root_[byte];
    for (uint32_t at = first_child_[node]; at < first_child_[node + 1]; ++at) {
      if (labels_[at] >= byte) return labels_[at] == byte ? at : kRoot;
    }
    return kRoot;
  }

  // Nodes lie breadth-first, so the children of one lie side by side, in the order of their bytes.
  std::vector<uint32_t> first_child_;
  std::vector<uint8_t> labels_;
  std::vector<int32_t> ids_;
  std::array<uint32_t, 256> of_root_{};
};

}  // namespace dovetail
