// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// Cuts a word into pieces: the `model` of a tokenizer.json. A word is normalized UTF-8.
class PieceModel {
 public:
  virtual ~PieceModel() = default;
  // Appends the ids of a word. Without controls, no piece comes out that stands for no text.
  virtual void encode(std::string_view word, bool with_controls,
                      std::vector<int32_t>& ids) const = 0;
};

// The byte of a piece "<0x41>"; -1 for all others.
int byte_of_piece(std::string_view piece);

// The ids of the pieces <0x00> to <0xFF>, -1 where one is missing.
std::vector<int32_t> ids_of_bytes(const std::vector<std::string>& pieces);

}  // namespace dovetail
