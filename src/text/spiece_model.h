// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// What a serialized SentencePiece ModelProto holds and its C++ interface does not tell. Field
// numbers from sentencepiece_model.proto, which is frozen: models of all versions share it.
struct SpieceModel {
  struct Piece {
    std::string_view text;
    float score = 0;
    int type = 1;  // 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte
  };
  std::vector<Piece> pieces;
  int model_type = 1;  // 1 unigram, 2 BPE, 3 word, 4 char
  bool white_space_as_suffix = false;
  std::string_view character_map;  // the compiled normalizer; empty: none
  bool add_dummy_prefix = true;
  bool remove_extra_white_space = true;
  bool escape_white_space = true;
};

// Views into `bytes`. Throws DataError, which starts with `where`, when they are no such model.
SpieceModel read_spiece_model(std::string_view bytes, const std::string& where);

// Hash of all that decides how the model encodes: not of names and paths of its training.
std::string content_hash(const SpieceModel& model, int num_sentinels);

// tokenizer.json of the Hugging Face `tokenizers` library: the same pieces with `num_sentinels`
// on top, encoded as transformers' T5Tokenizer does. "" for a model that library's T5 pipeline
// cannot express (BPE, byte pieces, other white-space rules).
std::string hugging_face_json(const SpieceModel& model, int num_sentinels);

}  // namespace dovetail
