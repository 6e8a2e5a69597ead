// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "text/piece_model.h"
#include "text/pre_tokenizer.h"
#include "text/text_encoder.h"

namespace dovetail {

// How pieces are written, by the "decoder" of a tokenizer.json.
struct PieceSpelling {
  bool bytes_as_characters = false;  // GPT-2's: see character_of_byte
  std::string space_mark;            // stands for a space; "": nothing does
  bool adds_space = false;           // the first word begins with a mark that is not in the text
};

// Words and pieces as a tokenizer.json says. Texts are normalized.
class PieceEncoder final : public TextEncoder {
 public:
  PieceEncoder(std::vector<std::string> pieces, std::unique_ptr<PieceModel> model,
               WordStep pre_tokenizer, PieceSpelling spelling);

  void encode(std::string_view text, bool opens_text, bool with_controls,
              std::vector<int32_t>& ids) const override;
  std::string text_of(int32_t id) const override;
  bool adds_space() const override { return spelling_.adds_space; }

 private:
  std::vector<std::string> pieces_;
  std::unique_ptr<PieceModel> model_;
  WordStep pre_tokenizer_;
  PieceSpelling spelling_;
};

}  // namespace dovetail
