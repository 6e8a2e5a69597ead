// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "text/corpus_progress.h"

namespace dovetail {

// The layout of a corpus file, all little-endian: this header, the tokens (uint16 or uint32), zeros
// up to a multiple of 8, the offsets (uint64, documents + 1 of them, in tokens), and a JSON object
// {"statistics", "vocabulary"}. The header's counts give the file's exact size.
struct CorpusHeader {
  std::array<char, 8> magic = kMagic;
  uint32_t version = kVersion;
  uint32_t token_bytes = 2;
  uint64_t num_documents = 0;
  uint64_t num_tokens = 0;
  uint64_t description_bytes = 0;  // of the JSON object
  uint64_t tokens_hash = 0;        // chained_hash of the tokens
  uint64_t tail_hash = 0;          // of offsets and JSON object
  uint64_t header_hash = 0;        // of the fields above

  static constexpr std::array<char, 8> kMagic = {'D', 'V', 'T', 'C', 'O', 'R', 'P', '\n'};
  static constexpr uint32_t kVersion = 1;

  uint64_t hash() const;
};
static_assert(sizeof(CorpusHeader) == 64);

inline constexpr size_t kHashBlock = 1 << 20;

// hash64 over blocks, each seeded with the hash of the one before, so that a stream can be hashed
// as it grows.
uint64_t chained_hash(std::string_view bytes);

// Writes a corpus to partial files and renames the result to `target`. Tokens go to TARGET.partial,
// progress records and offsets to TARGET.partial.offsets. Memory does not grow with the corpus: two
// buffers of kHashBlock bytes. One process at a time holds the partial files, and can resume from
// those that a killed one left. The destructor removes them, unless commit() or keep() was called.
// Throws MachineFailure for a full disk, among others.
class CorpusWriter {
 public:
  // Waits while another process writes the same corpus; throws Interrupted on a stop request. On a
  // file system without locks two processes may write at once: the same bytes to the same places.
  // `is_narrow`: tokens of 16 bits, not 32.
  CorpusWriter(const std::filesystem::path& target, bool is_narrow);
  ~CorpusWriter();
  CorpusWriter(const CorpusWriter&) = delete;

  // Resumes from the files of a killed process whose inputs had the same `identity`, which stands
  // for texts and vocabulary. Returns the note of its last checkpoint; null if there is none.
  nlohmann::json restore(const std::string& identity);
  void add_document(std::span<const int32_t> ids);
  // Writes all documents so far to disk, with a small note on how to resume.
  void checkpoint(const nlohmann::json& note);
  // Keeps the partial files, if there was a checkpoint, for a later process.
  void keep() { is_kept_ = progress_.num_written() > 0; }
  // Completes the file and renames it to the target. `description` is the JSON object at its end.
  void commit(std::string_view description);

 private:
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

  File open(const std::filesystem::path& path) const;
  void open_locked();
  bool take_up(const nlohmann::json& record);
  void flush_block();
  void write(std::FILE* file, std::string_view bytes);
  void seek(std::FILE* file, uint64_t position);
  void append_offsets();
  void publish();
  [[noreturn]] void fail(const char* verb) const;

  std::filesystem::path target_, partial_, offsets_path_;
  File file_, offsets_;
  CorpusHeader header_;
  std::string block_;  // tokens not yet hashed: less than a block
  std::string identity_;
  ProgressRecords progress_;
  uint64_t tail_hash_ = 0;
  bool is_kept_ = false;
};

// Removes partial files beside a finished target, which a process killed at its end may leave.
void remove_partial_corpus(const std::filesystem::path& target);

}  // namespace dovetail
