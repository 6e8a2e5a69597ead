// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/piece_model.h"
#include "text/piece_trie.h"

namespace dovetail {

// The unigram language model of Kudo (2018) with the choices of the `tokenizers` library: scores
// are summed in double precision, of segmentations with equal scores the one whose last piece is
// longest wins, and neighbouring unknown characters are one unknown piece.
class UnigramModel final : public PieceModel {
 public:
  struct Settings {
    std::vector<double> scores;  // of each piece
    int32_t unk_id = 0;
    bool byte_fallback = false;     // unknown characters become the pieces <0x00> to <0xFF>
    std::vector<int32_t> controls;  // ids of pieces such as </s>
  };
  UnigramModel(const std::vector<std::string>& pieces, Settings settings);

  void encode(std::string_view word, bool with_controls, std::vector<int32_t>& ids) const override;

 private:
  struct Best;
  void find_best(std::string_view word, bool with_controls, std::vector<Best>& best) const;
  void append_unknown(std::string_view characters, bool with_controls,
                      std::vector<int32_t>& ids) const;

  Settings settings_;
  double unk_score_ = 0;
  PieceTrie trie_;
  std::vector<bool> is_control_;
  std::vector<int32_t> byte_ids_;  // of 256 bytes; empty without byte_fallback
};

}  // namespace dovetail
