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

namespace dovetail {

// A corpus file: this header, the tokens (uint16 or uint32), zeros up to a multiple of 8, the
// offsets (uint64, documents + 1 of them, in tokens), a JSON object {"statistics", "vocabulary"}.
// All little-endian. The counts give the file's size exactly.
struct CorpusHeader {
  std::array<char, 8> magic = kMagic;
  uint32_t version = kVersion;
  uint32_t token_bytes = 2;
  uint64_t num_documents = 0;
  uint64_t num_tokens = 0;
  uint64_t description_bytes = 0;        // of the JSON
  uint64_t tokens_hash = 0;              // chained over blocks of kHashBlock bytes
  uint64_t tail_hash = 0;                // of offsets and JSON
  uint64_t header_hash = 0;              // of the fields above

  static constexpr std::array<char, 8> kMagic = {'D', 'V', 'T', 'C', 'O', 'R', 'P', '\n'};
  static constexpr uint32_t kVersion = 1;

  uint64_t hash() const;
};
static_assert(sizeof(CorpusHeader) == 64);

inline constexpr size_t kHashBlock = 1 << 20;

// hash64 over blocks, each seeded with the one before, so that a stream can be hashed as it grows.
uint64_t chained_hash(std::string_view bytes);

// Writes a corpus beside its target and renames it there. Memory: two buffers. Not committed, it
// removes what it wrote. Throws SystemError when the disk is full, among others.
class CorpusWriter {
 public:
  CorpusWriter(const std::filesystem::path& target, bool is_narrow);
  ~CorpusWriter();
  CorpusWriter(const CorpusWriter&) = delete;

  void add_document(std::span<const int32_t> ids);
  void commit(std::string_view description);

 private:
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

  void flush_block();
  void write(std::FILE* file, std::string_view bytes);
  void append_offsets();
  [[noreturn]] void fail(const char* verb) const;

  std::filesystem::path target_, temporary_;
  File file_, offsets_;                  // the offsets wait in a file that has no name
  CorpusHeader header_;
  std::string block_;
  uint64_t tail_hash_ = 0;
};

}  // namespace dovetail
