// SPDX-License-Identifier: Apache-2.0
#include "text/spiece_encoder.h"

#include <sentencepiece_processor.h>

#include <algorithm>

#include "base/error.h"
#include "text/spiece_model.h"

namespace dovetail {

namespace {

constexpr std::string_view kSpaceMark = "\u2581";  // stands for a space in pieces

// A long text is encoded in segments that end at the first space after so many bytes. SentencePiece
// 0.1 sums scores in single precision from the start of a text, and after some thousand pieces can
// no longer tell which of two segmentations is better (0.2 and transformers can).
constexpr size_t kSegmentBytes = 128;

std::string with_spaces(std::string_view piece) {
  std::string text;
  for (size_t at = piece.find(kSpaceMark); at != piece.npos; at = piece.find(kSpaceMark)) {
    (text += piece.substr(0, at)) += ' ';
    piece.remove_prefix(at + kSpaceMark.size());
  }
  return text += piece;
}

// Whether no piece spans a space, so that encoding segments separately gives the same pieces.
bool words_are_apart(const SpieceModel& model) {
  const auto holds_space = [](const SpieceModel::Piece& piece) {
    return piece.text.find(' ') != piece.text.npos ||
           piece.text.find(kSpaceMark, 1) != piece.text.npos;
  };
  return model.has_t5_whitespace() && std::ranges::none_of(model.pieces, holds_space);
}

}  // namespace

struct SpieceEncoder::State {
  sentencepiece::SentencePieceProcessor processor;
  bool words_are_apart = false;
};

SpieceEncoder::SpieceEncoder(const std::string& model_bytes, const std::string& where)
    : state_(std::make_unique<State>()) {
  state_->words_are_apart = words_are_apart(read_spiece_model(model_bytes, where));
  const auto status = state_->processor.LoadFromSerializedProto(model_bytes);
  if (!status.ok()) {
    throw_<DataError>("{}: not a SentencePiece model ({})", where, status.ToString());
  }
}

SpieceEncoder::~SpieceEncoder() = default;

void SpieceEncoder::encode(std::string_view text, bool /*opens_text*/, bool /*with_controls*/,
                           std::vector<int32_t>& ids) const {
  std::vector<int> pieces;
  while (!text.empty()) {
    const size_t space =
        state_->words_are_apart ? text.find(' ', std::min(kSegmentBytes, text.size())) : text.npos;
    const std::string_view segment = text.substr(0, space);
    const auto status = state_->processor.Encode({segment.data(), segment.size()}, &pieces);
    if (!status.ok())
      throw_<SystemError>("SentencePiece could not encode a text: {}", status.ToString());
    ids.insert(ids.end(), pieces.begin(), pieces.end());
    text.remove_prefix(std::min(text.size(), segment.size() + 1));
  }
}

std::string SpieceEncoder::text_of(int32_t id) const {
  const std::string& piece = state_->processor.IdToPiece(id);
  // byte pieces are written "<0x41>"
  return state_->processor.IsByte(id)
             ? std::string(1, static_cast<char>(std::stoi(piece.substr(3, 2), nullptr, 16)))
             : with_spaces(piece);
}

int32_t SpieceEncoder::num_pieces() const { return state_->processor.GetPieceSize(); }
std::string SpieceEncoder::piece(int32_t id) const { return state_->processor.IdToPiece(id); }

SpecialIds SpieceEncoder::special_ids() const {
  const sentencepiece::SentencePieceProcessor& processor = state_->processor;
  SpecialIds ids{processor.pad_id(), processor.eos_id(), processor.unk_id(), std::nullopt};
  if (processor.bos_id() >= 0) ids.bos = processor.bos_id();
  return ids;
}

}  // namespace dovetail
