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
class Vocabulary {
 public:
  // A SentencePiece model. Throws DataError when the file is none, or its special ids are not T5's.
  static Vocabulary from_file(const std::filesystem::path& model, int num_sentinels = 100);
  // UTF-8 bytes numbered as in ByT5 (Xue et al. 2022): byte b has id b + 3.
  static Vocabulary bytes(int num_sentinels = 125);
  // A folder in the Hugging Face layout: spiece.model, else bytes. `vocab_size` of config.json
  // may exceed size() (T5 pads its embedding to 32,128 rows) but must not be smaller.
  static Vocabulary from_folder(const std::filesystem::path& folder);

  Vocabulary(Vocabulary&&) noexcept;
  Vocabulary& operator=(Vocabulary&&) noexcept;
  ~Vocabulary();

  // Plain text to ids, without </s>. "<extra_id_0>" in the text is text like any other.
  std::vector<int32_t> encode(std::string_view text) const;
  // The same, but "<extra_id_K>" becomes the sentinel's id, as the reference tokenizer does.
  std::vector<int32_t> encode_with_sentinels(std::string_view text) const;
  // Drops pad and </s>; sentinels come out as "<extra_id_K>".
  std::string decode(std::span<const int32_t> ids) const;
  // One piece as text, for looking at.
  std::string piece(int32_t id) const;

  int32_t size() const;              // pieces and sentinels
  int32_t num_sentinels() const;
  int32_t sentinel(int index) const; // id of <extra_id_index>; throws std::out_of_range
  static constexpr int32_t kPad = 0;
  static constexpr int32_t kEos = 1;
  static constexpr int32_t kUnknown = 2;

  // Hash of pieces, their scores and order, and the number of sentinels; not of the file's bytes,
  // which also hold training paths.
  const std::string& content_hash() const;
  bool is_bytes() const;
  // Writes spiece.model (nothing for bytes) and tokenizer_config.json into a checkpoint folder.
  void save(const std::filesystem::path& folder) const;

 private:
  struct State;
  explicit Vocabulary(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Trains unigram pieces on the lines of a text; the same lines, settings and thread count give the
// same vocabulary. Writes spiece.model into `folder`.
void train_vocabulary(const std::filesystem::path& text_file, int64_t pieces, int64_t threads,
                      int64_t max_lines, const std::filesystem::path& folder);

}  // namespace dovetail
