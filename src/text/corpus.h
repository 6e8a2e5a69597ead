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
  int64_t empty_lines = 0;          // nothing but blanks; skipped
  int64_t invalid_utf8_lines = 0;   // bad bytes replaced by U+FFFD
  int64_t nul_lines = 0;            // NULs removed
  int64_t crlf_lines = 0;           // ended by CR LF; the CR is removed
  int64_t long_lines = 0;           // cut into documents of at most kMaxLineBytes
  int64_t tokenless_documents = 0;  // text that the tokenizer makes nothing of; left out
  int64_t documents = 0;
  int64_t tokens = 0;
  int64_t bytes = 0;  // of the text files
};

void to_json(nlohmann::json& json, const CorpusStatistics& statistics);
void from_json(const nlohmann::json& json, CorpusStatistics& statistics);

inline constexpr int64_t kMaxLineBytes = 65536;

// Tokenised text on disk, memory-mapped: all ranks of a node share the pages. A document is a
// line's ids, without </s>.
class TokenCorpus {
 public:
  // Throws DataError when the file is not there, no corpus, of another version, truncated, or says
  // of itself what is not so; no byte beyond its end is ever read. Costs one pass over the offsets,
  // not over the tokens.
  explicit TokenCorpus(const std::filesystem::path& file);

  int64_t num_documents() const { return num_documents_; }
  int64_t num_tokens() const { return num_tokens_; }
  // Throw std::out_of_range for a document that is not there; narrow_document throws
  // std::logic_error for a corpus with wide tokens.
  std::span<const uint16_t> narrow_document(int64_t index) const;  // vocabularies of up to 65,536
  std::vector<int32_t> document(int64_t index) const;
  bool is_narrow() const { return token_bytes_ == 2; }
  const CorpusStatistics& statistics() const { return statistics_; }
  // content_hash() of the vocabulary that it was made with.
  const std::string& vocabulary_hash() const { return vocabulary_hash_; }
  // Reads every token and compares with the hash taken when it was written. Throws DataError.
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

struct BuildCorpusOptions {
  int threads = 1;  // that encode; the corpus is the same with any number
  int64_t checkpoint_bytes = int64_t{1} << 24;  // of text: so much is done again after a kill
};

// Reads documents from files (see DocumentReader), encodes them and publishes `target` by rename;
// returns at once when it is already there, and makes it anew when what is there is no whole
// corpus. Several processes may do this at the same moment: one works, the others wait for it.
// Killed or stopped, it leaves TARGET.partial and TARGET.partial.offsets, with which the next call
// goes on to the same file, byte for byte, unless a text file has another size or time of change by
// then. Memory stays bounded, whatever the number of documents; stops within a second when asked to
// (Interrupted). Throws DataError for a text file that is not there or holds no text, and for a
// target that another vocabulary made; SystemError for a full disk: then no half file is left.
void build_corpus(const std::vector<std::filesystem::path>& text_files,
                  const Vocabulary& vocabulary, const std::filesystem::path& target,
                  const BuildCorpusOptions& options = {});

// A corpus by name ("wordnet-text") or a text file: the file with one document a line, made in
// `cache` where the corpus has to be extracted first. Throws ConfigError for an unknown name.
std::filesystem::path corpus_text(const std::string& name, const std::filesystem::path& cache);
// Content hash without making the text.
std::string corpus_fingerprint(const std::string& name);
std::vector<std::string> corpus_names();

}  // namespace dovetail
