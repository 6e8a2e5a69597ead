// SPDX-License-Identifier: Apache-2.0
#include "text/spiece_model.h"

#include <bit>
#include <cstring>

#include "base/error.h"
#include "base/hash.h"
#include "text/character_map.h"
#include "text/utf8.h"

namespace dovetail {

namespace {

// Reads one protocol-buffer message field by field. A field of another wire type than it should
// have is an unknown one, as for SentencePiece.
class WireReader {
 public:
  WireReader(std::string_view bytes, const std::string& where) : bytes_(bytes), where_(where) {}

  bool next() {
    if (bytes_.empty()) return false;
    const uint64_t tag = read_varint();
    field_ = tag >> 3;
    wire_type_ = tag & 7;
    varint = 0;
    bytes = {};
    switch (wire_type_) {
      case 0: varint = read_varint(); break;
      case 1: bytes = take(8); break;
      case 2: bytes = take(read_varint()); break;
      case 5: bytes = take(4); break;
      default: fail();
    }
    return true;
  }

  bool is_varint(uint64_t field) const { return field_ == field && wire_type_ == 0; }
  bool is_bytes(uint64_t field) const { return field_ == field && wire_type_ == 2; }
  bool is_four_bytes(uint64_t field) const { return field_ == field && wire_type_ == 5; }

  uint64_t varint = 0;
  std::string_view bytes;

 private:
  uint64_t read_varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
      const uint8_t byte = static_cast<uint8_t>(bytes_[0]);
      bytes_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    fail();
  }
  std::string_view take(uint64_t count) {
    if (count > bytes_.size()) fail();
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }
  [[noreturn]] void fail() const {
    throw_<DataError>("{}: not a SentencePiece model, or a truncated one; copy the file again",
                      where_);
  }

  std::string_view bytes_;
  const std::string& where_;
  uint64_t field_ = 0, wire_type_ = 0;
};

SpieceModel::Piece read_piece(std::string_view bytes, const std::string& where) {
  SpieceModel::Piece piece;
  for (WireReader reader(bytes, where); reader.next();) {
    if (reader.is_bytes(1)) piece.text = reader.bytes;
    if (reader.is_four_bytes(2))
      std::memcpy(&piece.score, reader.bytes.data(), 4);  // little-endian, as asserted below
    if (reader.is_varint(3)) piece.type = static_cast<int>(reader.varint);
  }
  // the library is given none that is no text
  std::string repaired;
  const bool is_broken = repair_utf8(piece.text, "?", repaired);
  if (is_broken || piece.text.empty() || piece.text.find('\0') != piece.text.npos) {
    throw_<DataError>("{}: a piece of the SentencePiece model is no text; copy the file again",
                      where);
  }
  return piece;
}

void read_normalizer(std::string_view bytes, const std::string& where, SpieceModel& model) {
  for (WireReader reader(bytes, where); reader.next();) {
    if (reader.is_bytes(2)) model.character_map = reader.bytes;
    if (reader.is_varint(3)) model.add_dummy_prefix = reader.varint != 0;
    if (reader.is_varint(4)) model.remove_extra_whitespace = reader.varint != 0;
    if (reader.is_varint(5)) model.escape_whitespace = reader.varint != 0;
  }
}

void read_trainer(std::string_view bytes, const std::string& where, SpieceModel& model) {
  for (WireReader reader(bytes, where); reader.next();) {
    if (reader.is_varint(3)) model.model_type = static_cast<int>(reader.varint);
    if (reader.is_varint(24)) model.whitespace_as_suffix = reader.varint != 0;
  }
}

}  // namespace

static_assert(std::endian::native == std::endian::little);

SpieceModel read_spiece_model(std::string_view bytes, const std::string& where) {
  SpieceModel model, backward;
  for (WireReader reader(bytes, where); reader.next();) {
    if (reader.is_bytes(1)) model.pieces.push_back(read_piece(reader.bytes, where));
    if (reader.is_bytes(2)) read_trainer(reader.bytes, where, model);
    if (reader.is_bytes(3)) read_normalizer(reader.bytes, where, model);
    if (reader.is_bytes(5)) read_normalizer(reader.bytes, where, backward);
  }
  for (const std::string_view map : {model.character_map, backward.character_map})
    if (!map.empty()) CharacterMap(std::string(map), where);  // throws where it is damaged
  return model;
}

std::string content_hash(const SpieceModel& model, int num_sentinels) {
  std::string text = fmt::format(
      "pieces {} sentinels {} model {} {} normalizer {} {} {} {}\n", model.pieces.size(),
      num_sentinels, model.model_type, model.whitespace_as_suffix, model.add_dummy_prefix,
      model.remove_extra_whitespace, model.escape_whitespace, content_hash(model.character_map));
  for (const SpieceModel::Piece& piece : model.pieces) {
    text += fmt::format("{} {} {:08x} ", piece.text.size(), piece.type,
                        std::bit_cast<uint32_t>(piece.score));
    text += piece.text;
  }
  return content_hash(text);
}

}  // namespace dovetail
