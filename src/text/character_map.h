// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// SentencePiece's compiled normalizer (`precompiled_charsmap`) with the rules of the `tokenizers`
// library, which are not SentencePiece's: where a grapheme cluster of less than six bytes begins
// with an entry of the map, the entry replaces the whole cluster, with the marks on it; all other
// text is mapped character by character. SentencePiece replaces the longest entry at each place.
class CharacterMap {
 public:
  // Throws DataError, which begins with `where`, for bytes that are no such map.
  CharacterMap(std::string bytes, const std::string& where);

  // Maps a text, which must be UTF-8.
  std::string apply(std::string_view text) const;

 private:
  // The text of the shortest entry that `text` begins with; false: there is none.
  bool find(std::string_view text, std::string_view& mapped) const;
  void append(std::string_view cluster, std::string& text) const;

  std::string bytes_;
  std::vector<uint32_t> units_;  // a double-array trie in the layout of Darts-clone
  std::string_view texts_;       // what entries map to, each ended by NUL
  bool keeps_ascii_[128] = {};   // characters that are mapped to themselves
};

}  // namespace dovetail
