// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// The fields of a serialized SentencePiece ModelProto that its C++ interface does not expose. Field
// numbers and enumerators are those of sentencepiece_model.proto, which all versions share.
struct SpieceModel {
  enum ModelType : int { kUnigram = 1, kBpe = 2, kWord = 3, kChar = 4 };
  enum PieceType : int {
    kNormal = 1,
    kUnknown = 2,
    kControl = 3,
    kUserDefined = 4,
    kUnused = 5,
    kByte = 6
  };
  struct Piece {
    std::string_view text;
    float score = 0;
    int type = kNormal;
  };
  std::vector<Piece> pieces;
  int model_type = kUnigram;
  bool whitespace_as_suffix = false;
  std::string_view character_map;  // the compiled normalizer; empty: none
  bool add_dummy_prefix = true;
  bool remove_extra_whitespace = true;
  bool escape_whitespace = true;

  // Whether this is a unigram model with T5's whitespace rules: a dummy prefix, single spaces,
  // and U+2581 for a space.
  bool has_t5_whitespace() const {
    return model_type == kUnigram && !whitespace_as_suffix && add_dummy_prefix &&
           remove_extra_whitespace && escape_whitespace;
  }
};

// The model's fields as views into `bytes`. Throws DataError, which begins with `where`, for bytes
// that are no SentencePiece model.
SpieceModel read_spiece_model(std::string_view bytes, const std::string& where);

// Hash of what decides how the model encodes. Names and paths of its training do not count.
std::string content_hash(const SpieceModel& model, int num_sentinels);

}  // namespace dovetail
