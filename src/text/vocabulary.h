// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// Pieces, and T5's sentinels on top of them: <extra_id_0> has the highest id, <extra_id_1> the
// one below (Raffel et al. 2020, sec. 3.1.4). Special ids are T5's: pad 0, </s> 1, <unk> 2.
//
// Ids are SentencePiece's own, which is what T5 was trained with. transformers 5.23's T5Tokenizer
// gives the same ids but for three corners, found by comparing: U+0085 (for it a blank, for
// SentencePiece a character), combining marks and joiners (U+200C, U+200D) after characters that
// the normalizer rewrites, and ties between segmentations of one score ("......." as ". ......" or
// "...... ."). Releases of SentencePiece break such ties in different ways, too.
class Vocabulary {
 public:
  // A SentencePiece model. Throws DataError when the file is none, or its special ids are not T5's.
  static Vocabulary from_file(const std::filesystem::path& model, int num_sentinels = 100);
  // UTF-8 bytes numbered as in ByT5 (Xue et al. 2022): byte b has id b + 3. Sentinels are numbered
  // as transformers 5.23's ByT5Tokenizer does, upwards from 259: <extra_id_0> is 259 and
  // <extra_id_124> is 383, the last (its comment says the opposite; its ids say this). The
  // published ByT5 checkpoints were pre-trained with neither, but with the ids 258, 257, ... as
  // sentinels.
  static Vocabulary bytes(int num_sentinels = 125);
  // A folder in the Hugging Face layout: spiece.model, or bytes where tokenizer_config.json or
  // config.json names ByT5Tokenizer. The number of sentinels is that of the <extra_id_K> among
  // tokenizer_config.json's special tokens, else its "extra_ids", else 100 (bytes: 125).
  // `vocab_size` of config.json may exceed size() (T5 pads its embedding to 32,128 rows) but must
  // not be smaller. Throws DataError.
  static Vocabulary from_folder(const std::filesystem::path& folder);

  Vocabulary(Vocabulary&&) noexcept;
  Vocabulary& operator=(Vocabulary&&) noexcept;
  ~Vocabulary();

  // Plain text to ids, without </s>. "<extra_id_0>" in the text is text like any other.
  std::vector<int32_t> encode(std::string_view text) const;
  // The same, but "<extra_id_K>" becomes the sentinel's id, and "<pad>", "</s>" and "<unk>" theirs,
  // as in the reference tokenizer: what stands between two of them is encoded as a text of its own
  // (so blanks at its ends are lost, and its first word begins with a blank: "a<extra_id_0>b" is
  // [_a <extra_id_0> _b]). Bytes keep blanks around sentinels; around the other three they go.
  std::vector<int32_t> encode_with_sentinels(std::string_view text) const;
  // Drops pad, </s> and ids beyond size() (rows that only pad an embedding); sentinels come out as
  // "<extra_id_K>", the unknown piece as "<unk>". Bytes that are no UTF-8 are dropped.
  std::string decode(std::span<const int32_t> ids) const;
  // One piece as text, for looking at.
  std::string piece(int32_t id) const;

  int32_t size() const;  // pieces and sentinels
  int32_t num_sentinels() const;
  int32_t sentinel(int index) const;  // id of <extra_id_index>; throws std::out_of_range
  bool is_sentinel(int32_t id) const { return sentinel_index(id) >= 0; }
  static constexpr int32_t kPad = 0;
  static constexpr int32_t kEos = 1;
  static constexpr int32_t kUnknown = 2;

  // Hash of all that decides the ids of a text: pieces, their scores and order, the normalizer and
  // the number of sentinels; not of the file's bytes, which also hold training paths.
  const std::string& content_hash() const;
  bool is_bytes() const;
  // Writes spiece.model and tokenizer.json (neither for bytes) and tokenizer_config.json into a
  // checkpoint folder; transformers' AutoTokenizer loads it.
  void save(const std::filesystem::path& folder) const;

 private:
  struct State;
  explicit Vocabulary(std::unique_ptr<State> state);
  void append_plain(std::string_view text, std::vector<int32_t>& ids) const;
  int sentinel_index(int32_t id) const;  // K of <extra_id_K>, or -1
  std::unique_ptr<State> state_;
};

// Trains unigram pieces on the documents of a text (see DocumentReader), `max_lines` of them evenly
// spread over the file, or all (0). The same text, settings and thread count give the same file,
// byte for byte. Writes spiece.model into `folder`. `pieces` counts pad, </s> and <unk>, not the
// sentinels. Stops within a second when asked to (Interrupted). Throws ConfigError when the text
// cannot give so many pieces (the message tells how many it can), DataError when it has no text.
void train_vocabulary(const std::filesystem::path& text_file, int64_t pieces, int64_t threads,
                      int64_t max_lines, const std::filesystem::path& folder);

}  // namespace dovetail
