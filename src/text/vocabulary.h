// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/special_ids.h"

namespace dovetail {

// Turns text into ids and back, as one of three kinds of files says:
//
//   spiece.model     a SentencePiece model, by SentencePiece itself
//   tokenizer.json   the pipeline of the `tokenizers` library (TokenizerJson)
//   none             UTF-8 bytes, numbered as in ByT5
//
// Sentinels stand on top of T5's pieces: <extra_id_0> has the highest id, <extra_id_1> the one
// below (Raffel et al. 2020, sec. 3.1.4). Other vocabularies say in their files where theirs are.
//
// Where a folder has both files with the same pieces, spiece.model decides the pieces of a text,
// since T5 was trained with SentencePiece. T5Tokenizer of transformers 5.23 reads tokenizer.json
// and differs in three corner cases, found by comparison: U+0085 (whitespace there, a character in
// SentencePiece), combining marks and joiners (U+200C, U+200D) after characters that the normalizer
// rewrites, and ties between segmentations of equal score ("......." as ". ......" or "...... .").
// Releases of SentencePiece break such ties differently, too. Of 92,389 lines of NLTK's corpora 35
// differ between the two files, and 26 between releases of SentencePiece.
class Vocabulary {
 public:
  // Reads a SentencePiece model. Throws DataError for any other file, and for one without pieces
  // for padding and the end of a text. `add_tokens` become one id each, on top of all others; those
  // that the vocabulary has keep their ids.
  static Vocabulary from_file(const std::filesystem::path& model, int num_sentinels = 100,
                              const std::vector<std::string>& add_tokens = {});
  // UTF-8 bytes, numbered as in ByT5 (Xue et al. 2022): byte b has id b + 3. Sentinels are numbered
  // upwards from 259, as ByT5Tokenizer of transformers 5.23 does: <extra_id_0> is 259,
  // <extra_id_124> is 383. (Its comment claims the opposite order.) The published ByT5 checkpoints
  // were pre-trained with the ids 258, 257, ... as sentinels instead.
  static Vocabulary bytes(int num_sentinels = 125, const std::vector<std::string>& add_tokens = {});
  // Reads a folder in the Hugging Face layout: spiece.model, tokenizer.json, or bytes where
  // tokenizer_config.json or config.json names ByT5Tokenizer. Where spiece.model and tokenizer.json
  // hold different pieces, tokenizer.json counts and a warning is logged. Added tokens come from
  // tokenizer.json, tokenizer_config.json, added_tokens.json and special_tokens_map.json. Where
  // none of them numbers sentinels, as many stand on top as tokenizer_config.json lists, else its
  // "extra_ids", else 100 (bytes: 125). `vocab_size` of config.json may exceed size(), because T5
  // pads its embedding to 32,128 rows; one that is smaller than size() without `add_tokens` is a
  // DataError.
  static Vocabulary from_folder(const std::filesystem::path& folder,
                                const std::vector<std::string>& add_tokens = {});

  Vocabulary(Vocabulary&&) noexcept;
  Vocabulary& operator=(Vocabulary&&) noexcept;
  ~Vocabulary();

  // Encodes plain text, without </s>. "<extra_id_0>" in the text is not special, but for pieces of
  // a SentencePiece model. Tokens that were added to the vocabulary are one id each.
  std::vector<int32_t> encode(std::string_view text) const;
  // Encodes text in which sentinels, pad, </s> and <unk> stand for their ids, too. As in the
  // reference tokenizer, the text between two of them is encoded separately: with a SentencePiece
  // model whitespace at its ends is lost, and its first word begins with a space
  // ("a<extra_id_0>b" is [_a <extra_id_0> _b]). Byte vocabularies keep whitespace around sentinels,
  // and lose it around the other three.
  std::vector<int32_t> encode_with_sentinels(std::string_view text) const;
  // Adds the ids that the tokenizer puts around a text: </s> behind it, or <s> and </s>.
  std::vector<int32_t> frame(std::vector<int32_t> ids) const;
  // Decodes ids. Drops pad, </s>, the token that begins a text, ids beyond size() (padding of the
  // embedding) and bytes that are not UTF-8. Prints added tokens, sentinels and the unknown piece
  // as they are written ("<extra_id_0>").
  std::string decode(std::span<const int32_t> ids) const;
  // One piece as text, for display.
  std::string piece(int32_t id) const;

  const SpecialIds& special_ids() const;
  int32_t size() const;  // pieces, sentinels and added tokens together
  int32_t num_sentinels() const;
  int32_t sentinel(int index) const;  // id of <extra_id_index>; throws std::out_of_range
  bool is_sentinel(int32_t id) const { return sentinel_index(id) >= 0; }
  // Hash of what decides the ids of a text: pieces, their scores and order, the normalizer, added
  // tokens and special ids. The file's bytes are not hashed, as they also hold training paths.
  const std::string& content_hash() const;
  bool is_bytes() const;
  // Writes the tokenizer into a checkpoint folder that AutoTokenizer of transformers loads: the
  // files that it was read from, and tokenizer_config.json and, for spiece.model, tokenizer.json
  // where they were missing.
  void save(const std::filesystem::path& folder) const;

 private:
  struct State;
  explicit Vocabulary(std::unique_ptr<State> state);
  std::vector<int32_t> encode_parts(std::string_view text, bool with_controls) const;
  int sentinel_index(int32_t id) const;  // K of <extra_id_K>, or -1
  std::unique_ptr<State> state_;
};

}  // namespace dovetail
