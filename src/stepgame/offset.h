// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// A place on the grid, or the way from one place to another: x to the right, y up.
struct Offset {
  int x = 0, y = 0;

  bool operator==(const Offset&) const = default;
  Offset operator+(Offset other) const { return {x + other.x, y + other.y}; }
  Offset operator-(Offset other) const { return {x - other.x, y - other.y}; }
  Offset operator-() const { return {-x, -y}; }
};

// The signs of both parts, which is all that a relation says: (3, 1) is upper-right, as (1, 1) is.
Offset sign_of(Offset offset);

// The steps between neighbours: along an axis or a diagonal.
inline constexpr std::array<Offset, 8> kMoves = {
    {{0, 1}, {0, -1}, {-1, 0}, {1, 0}, {-1, 1}, {1, 1}, {-1, -1}, {1, -1}}};

// The nine labels of StepGame (Shi et al. 2022), in the order of kMoves and then overlap.
const std::vector<std::string>& relation_names();
// The label of something at this offset from something else: "upper-left" of (-1, 3).
const std::string& relation_name(Offset offset);
// The signs that a label stands for.
std::optional<Offset> find_relation(std::string_view name);
// The place of the label of `offset` in relation_names().
size_t relation_index(Offset offset);

}  // namespace dovetail
