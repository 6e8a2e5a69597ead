// SPDX-License-Identifier: Apache-2.0
#include "text/piece_trie.h"

#include <algorithm>
#include <numeric>

namespace dovetail {

namespace {

// Sorted pieces [begin, end), which agree in their first `depth` bytes: the subtree of a node.
struct Subtree {
  size_t begin = 0, end = 0, depth = 0;
};

}  // namespace

PieceTrie::PieceTrie(std::span<const std::string_view> pieces) {
  std::vector<int32_t> order(pieces.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [&](int32_t id) { return pieces[id]; });
  std::vector<Subtree> nodes = {{0, order.size(), 0}};
  labels_.push_back(0);
  for (size_t node = 0; node < nodes.size(); ++node) {
    const auto [begin, end, depth] = nodes[node];
    size_t at = begin;
    ids_.push_back(-1);
    for (; at < end && pieces[order[at]].size() == depth; ++at) ids_.back() = order[at];
    first_child_.push_back(static_cast<uint32_t>(nodes.size()));
    while (at < end) {
      const char byte = pieces[order[at]][depth];
      size_t next = at;
      while (next < end && pieces[order[next]][depth] == byte) ++next;
      nodes.push_back({at, next, depth + 1});
      labels_.push_back(static_cast<uint8_t>(byte));
      at = next;
    }
  }
  first_child_.push_back(static_cast<uint32_t>(nodes.size()));
  for (uint32_t at = first_child_[kRoot]; at < first_child_[kRoot + 1]; ++at) {
    of_root_[labels_[at]] = at;
  }
}

int32_t PieceTrie::find(std::string_view piece) const {
  int32_t found = -1;
  for_each_prefix(piece, [&](size_t length, int32_t id) {
    if (length == piece.size()) found = id;
  });
  return found;
}

}  // namespace dovetail
