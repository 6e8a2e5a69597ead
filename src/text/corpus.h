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

// What was met while reading a text, all of it counted and none of it fatal.
struct CorpusStatistics {
  int64_t lines = 0;
  int64_t empty_lines = 0;          // skipped
  int64_t invalid_utf8_lines = 0;   // bad bytes replaced by U+FFFD
  int64_t nul_lines = 0;            // NULs removed
  int64_t long_lines = 0;           // cut into documents of at most kMaxLineBytes
  int64_t documents = 0;
  int64_t tokens = 0;
  int64_t bytes = 0;
};

void to_json(nlohmann::json& json, const CorpusStatistics& statistics);
void from_json(const nlohmann::json& json, CorpusStatistics& statistics);

inline constexpr int64_t kMaxLineBytes = 65536;

// Tokenised text on disk, memory-mapped: all ranks of a node share the pages. A document is a
// line's ids, without </s>.
class TokenCorpus {
 public:
  // Throws DataError when the file is no corpus, or truncated.
  explicit TokenCorpus(const std::filesystem::path& file);

  int64_t num_documents() const { return num_documents_; }
  int64_t num_tokens() const { return num_tokens_; }
  std::span<const uint16_t> narrow_document(int64_t index) const;  // vocabularies below 65,536
  std::vector<int32_t> document(int64_t index) const;
  const CorpusStatistics& statistics() const { return statistics_; }

 private:
  MappedFile file_;
  int64_t num_documents_ = 0, num_tokens_ = 0;
  int token_bytes_ = 2;
  const uint64_t* offsets_ = nullptr;   // num_documents_ + 1
  const char* tokens_ = nullptr;
  CorpusStatistics statistics_;
};

// Reads lines from files, encodes them and publishes `target` by rename; returns at once when it
// is already there. Memory stays bounded; stops within a second when asked to (Interrupted).
void build_corpus(const std::vector<std::filesystem::path>& text_files, const Vocabulary& vocabulary,
                  const std::filesystem::path& target);

// A corpus by name ("wordnet-text") or a text file: the file with one document a line, made in
// `cache` where the corpus has to be extracted first. Throws ConfigError for an unknown name.
std::filesystem::path corpus_text(const std::string& name, const std::filesystem::path& cache);
// Content hash without making the text.
std::string corpus_fingerprint(const std::string& name);
std::vector<std::string> corpus_names();

}  // namespace dovetail
