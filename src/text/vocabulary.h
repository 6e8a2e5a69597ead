// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// The ids of a vocabulary that stand for no text.
struct SpecialIds {
  int32_t pad = 0;
  int32_t eos = 1;
  int32_t unk = 2;
  std::optional<int32_t> bos;
};

// A SentencePiece vocabulary with T5's sentinels on top: <extra_id_0> has the highest id,
// <extra_id_1> the one below (Raffel et al. 2020, sec. 3.1.4). Special ids are T5's: pad 0, </s> 1,
// <unk> 2.
//
// Ids are SentencePiece's own, with which T5 was trained. T5Tokenizer of transformers 5.23 differs
// in three corner cases, found by comparison: U+0085 (whitespace there, a character in
// SentencePiece), combining marks and joiners (U+200C, U+200D) after characters that the normalizer
// rewrites, and ties between segmentations of equal score ("......." as ". ......" or "...... .").
// Releases of SentencePiece break such ties differently, too.
class Vocabulary {
 public:
  // Reads a SentencePiece model. Throws DataError for any other file, and for special ids that are
  // not T5's.
  static Vocabulary from_file(const std::filesystem::path& model, int num_sentinels = 100);
  // UTF-8 bytes, numbered as in ByT5 (Xue et al. 2022): byte b has id b + 3. Sentinels are numbered
  // upwards from 259, as ByT5Tokenizer of transformers 5.23 does: <extra_id_0> is 259,
  // <extra_id_124> is 383. (Its comment claims the opposite order.) The published ByT5 checkpoints
  // were pre-trained with the ids 258, 257, ... as sentinels instead.
  static Vocabulary bytes(int num_sentinels = 125);
  // Reads a folder in the Hugging Face layout: spiece.model, or bytes where tokenizer_config.json
  // or config.json names ByT5Tokenizer. The number of sentinels is the number of <extra_id_K> among
  // the special tokens of tokenizer_config.json, else its "extra_ids", else 100 (bytes: 125).
  // `vocab_size` of config.json may exceed size(), because T5 pads its embedding to 32,128 rows; a
  // smaller one is a DataError.
  static Vocabulary from_folder(const std::filesystem::path& folder);

  Vocabulary(Vocabulary&&) noexcept;
  Vocabulary& operator=(Vocabulary&&) noexcept;
  ~Vocabulary();

  // Encodes plain text, without </s>. "<extra_id_0>" in the text is not special.
  std::vector<int32_t> encode(std::string_view text) const;
  // Encodes text in which "<extra_id_K>", "<pad>", "</s>" and "<unk>" stand for their ids. As in
  // the reference tokenizer, the text between two of them is encoded separately: whitespace at its
  // ends is lost, and its first word begins with a space ("a<extra_id_0>b" is [_a <extra_id_0>
  // _b]). Byte vocabularies keep whitespace around sentinels, and lose it around the other three.
  std::vector<int32_t> encode_with_sentinels(std::string_view text) const;
  // Decodes ids. Drops pad, </s>, ids beyond size() (padding of the embedding) and bytes that are
  // not UTF-8. Prints sentinels as "<extra_id_K>" and the unknown piece as "<unk>".
  std::string decode(std::span<const int32_t> ids) const;
  // One piece as text, for display.
  std::string piece(int32_t id) const;

  const SpecialIds& special_ids() const;
  // The ids of a text with what the tokenizer puts around them: </s> at their end.
  std::vector<int32_t> frame(std::vector<int32_t> ids) const;

  int32_t size() const;  // pieces and sentinels together
  int32_t num_sentinels() const;
  int32_t sentinel(int index) const;  // id of <extra_id_index>; throws std::out_of_range
  bool is_sentinel(int32_t id) const { return sentinel_index(id) >= 0; }
  static constexpr int32_t kPad = 0;
  static constexpr int32_t kEos = 1;
  static constexpr int32_t kUnknown = 2;

  // Hash of what decides the ids of a text: pieces, their scores and order, the normalizer and the
  // number of sentinels. The file's bytes are not hashed, as they also hold training paths.
  const std::string& content_hash() const;
  bool is_bytes() const;
  // Writes the tokenizer into a checkpoint folder that AutoTokenizer of transformers loads:
  // tokenizer_config.json and, except for bytes, spiece.model and tokenizer.json.
  void save(const std::filesystem::path& folder) const;

 private:
  struct State;
  explicit Vocabulary(std::unique_ptr<State> state);
  void append_plain(std::string_view text, std::vector<int32_t>& ids) const;
  int sentinel_index(int32_t id) const;  // K of <extra_id_K>, or -1
  std::unique_ptr<State> state_;
};

}  // namespace dovetail
