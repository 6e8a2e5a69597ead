// SPDX-License-Identifier: Apache-2.0
#include "text/piece_encoder.h"

#include <unordered_map>

#include "text/utf8.h"

namespace dovetail {

namespace {

const std::unordered_map<std::string_view, char>& byte_of_character() {
  static const std::unordered_map<std::string_view, char> bytes = [] {
    std::unordered_map<std::string_view, char> table;
    for (int byte = 0; byte < 256; ++byte) {
      table[character_of_byte(static_cast<unsigned char>(byte))] = static_cast<char>(byte);
    }
    return table;
  }();
  return bytes;
}

std::string bytes_of_characters(std::string_view piece) {
  std::string bytes;
  while (!piece.empty()) {
    const std::string_view character = piece.substr(0, first_character(piece).length);
    const auto found = byte_of_character().find(character);
    found == byte_of_character().end() ? bytes += character : bytes += found->second;
    piece.remove_prefix(character.size());
  }
  return bytes;
}

}  // namespace

PieceEncoder::PieceEncoder(std::vector<std::string> pieces, std::unique_ptr<PieceModel> model,
                           WordStep pre_tokenizer, PieceSpelling spelling)
    : pieces_(std::move(pieces)),
      model_(std::move(model)),
      pre_tokenizer_(std::move(pre_tokenizer)),
      spelling_(std::move(spelling)) {}

void PieceEncoder::encode(std::string_view text, bool opens_text, bool with_controls,
                          std::vector<int32_t>& ids) const {
  std::vector<Word> words = {{std::string(text), opens_text}};
  pre_tokenizer_(words);
  for (const Word& word : words) model_->encode(word.text, with_controls, ids);
}

std::string PieceEncoder::text_of(int32_t id) const {
  const std::string& piece = pieces_[id];
  if (spelling_.bytes_as_characters) return bytes_of_characters(piece);
  if (const int byte = byte_of_piece(piece); byte >= 0) {
    return std::string(1, static_cast<char>(byte));
  }
  if (spelling_.space_mark.empty()) return piece;
  std::string text;
  size_t done = 0;
  for (size_t at = piece.find(spelling_.space_mark); at != piece.npos;
       at = piece.find(spelling_.space_mark, done)) {
    text.append(piece, done, at - done) += ' ';
    done = at + spelling_.space_mark.size();
  }
  return text.append(piece, done);
}

}  // namespace dovetail
