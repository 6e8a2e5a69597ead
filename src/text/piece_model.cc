// SPDX-License-Identifier: Apache-2.0
#include "text/piece_model.h"

#include <charconv>

namespace dovetail {

int byte_of_piece(std::string_view piece) {
  if (piece.size() != 6 || !piece.starts_with("<0x") || piece.back() != '>') return -1;
  int byte = -1;
  const auto [end, error] = std::from_chars(piece.data() + 3, piece.data() + 5, byte, 16);
  const bool is_lower = piece.find_first_of("abcdef", 3) != piece.npos;
  return error == std::errc() && end == piece.data() + 5 && !is_lower ? byte : -1;
}

std::vector<int32_t> ids_of_bytes(const std::vector<std::string>& pieces) {
  std::vector<int32_t> ids(256, -1);
  for (size_t id = 0; id < pieces.size(); ++id) {
    if (const int byte = byte_of_piece(pieces[id]); byte >= 0) ids[byte] = static_cast<int32_t>(id);
  }
  return ids;
}

}  // namespace dovetail
