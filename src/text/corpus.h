// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "text/vocabulary.h"

namespace dovetail {

// What reading a text found. Nothing of it is an error.
struct CorpusStatistics {
  int64_t lines = 0;
  int64_t empty_lines = 0;          // only whitespace; skipped
  int64_t invalid_utf8_lines = 0;   // invalid bytes replaced by U+FFFD
  int64_t nul_lines = 0;            // NULs removed
  int64_t crlf_lines = 0;           // ended in CR LF; the CR is removed
  int64_t long_lines = 0;           // split into documents of at most kMaxLineBytes
  int64_t tokenless_documents = 0;  // without a token; left out
  int64_t documents = 0;
  int64_t tokens = 0;
  int64_t bytes = 0;  // of the text files
};

void to_json(nlohmann::json& json, const CorpusStatistics& statistics);
void from_json(const nlohmann::json& json, CorpusStatistics& statistics);

inline constexpr int64_t kMaxLineBytes = 65536;

// A tokenized text on disk, memory-mapped, so that all ranks of a node share its pages. A document
// is the ids of a line, without </s>. build_corpus.h makes the file; corpus_file.h has its format.
class TokenCorpus {
 public:
  // Throws DataError for a file that is missing, truncated, of another format version or
  // inconsistent. Reads the offsets once, and not the tokens. Never reads beyond the file's end.
  explicit TokenCorpus(const std::filesystem::path& file);

  int64_t num_documents() const { return num_documents_; }
  int64_t num_tokens() const { return num_tokens_; }
  // Both throw std::out_of_range for an index beyond the last document. narrow_document also throws
  // std::logic_error for a corpus with 32-bit tokens.
  std::span<const uint16_t> narrow_document(int64_t index) const;  // vocabularies of up to 65,536
  std::vector<int32_t> document(int64_t index) const;
  bool is_narrow() const { return token_bytes_ == 2; }
  const CorpusStatistics& statistics() const { return statistics_; }
  // content_hash() of the vocabulary that made the corpus.
  const std::string& vocabulary_hash() const { return vocabulary_hash_; }
  // Reads every token and compares their hash with the stored one. Throws DataError.
  void verify() const;

 private:
  [[noreturn]] void refuse(const std::string& found) const;
  void read_offsets();
  void read_description(std::string_view json);
  std::pair<uint64_t, uint64_t> bounds(int64_t index) const;

  std::filesystem::path path_;  // for messages
  MappedFile file_;
  int64_t num_documents_ = 0, num_tokens_ = 0;
  int token_bytes_ = 2;
  uint64_t tokens_hash_ = 0;
  const uint64_t* offsets_ = nullptr;  // num_documents_ + 1
  const char* tokens_ = nullptr;
  CorpusStatistics statistics_;
  std::string vocabulary_hash_;
};

}  // namespace dovetail
