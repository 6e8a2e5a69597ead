// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "text/piece_model.h"
#include "text/piece_trie.h"

namespace dovetail {

// Byte-pair encoding (Sennrich et al. 2016) with the choices of the `tokenizers` library: the pair
// that was merged first in training is merged first, the leftmost of equal ones before the others.
class BytePairModel final : public PieceModel {
 public:
  struct Settings {
    std::vector<std::pair<std::string, std::string>> merges;  // in the order of training
    int32_t unk_id = -1;                                      // -1: unknown characters vanish
    bool fuse_unk = false;       // neighbouring unknown characters are one unknown piece
    bool byte_fallback = false;  // unknown characters become the pieces <0x00> to <0xFF>
    bool ignore_merges = false;  // a word that is a piece is that piece
  };
  // Throws DataError, which begins with `where`, for a merge whose pieces are not in the
  // vocabulary.
  BytePairModel(const std::vector<std::string>& pieces, const Settings& settings,
                const std::string& where);

  void encode(std::string_view word, bool with_controls, std::vector<int32_t>& ids) const override;

 private:
  struct Merge {
    int32_t rank = 0;
    int32_t id = 0;
  };
  struct Symbol;
  struct Candidate;
  class Word;
  const Merge* find_merge(int32_t left, int32_t right) const;
  std::vector<int32_t> characters_of(std::string_view word) const;

  PieceTrie trie_;
  std::unordered_map<uint64_t, Merge> merges_;  // by left and right id
  int32_t unk_id_;
  bool fuse_unk_, ignore_merges_;
  std::vector<int32_t> byte_ids_;  // of 256 bytes; empty without byte_fallback
};

}  // namespace dovetail
