// SPDX-License-Identifier: Apache-2.0
#include "text/corpus_file.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

// Unique over threads, processes and hosts that share a file system.
fs::path unique_beside(const fs::path& target) {
  static std::atomic<int> counter = 0;
  char host[256] = {};
  ::gethostname(host, sizeof(host) - 1);
  fs::path path = target;
  path += fmt::format(".{}.{}.{}.tmp", host, ::getpid(), counter++);
  return path;
}

template <typename T>
std::string_view bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

}  // namespace

uint64_t CorpusHeader::hash() const {
  return hash64(bytes_of(*this).substr(0, offsetof(CorpusHeader, header_hash)));
}

uint64_t chained_hash(std::string_view bytes) {
  uint64_t hash = 0;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kHashBlock, bytes.size()))) {
    hash = hash64(bytes.substr(0, kHashBlock), hash);
  }
  return hash;
}

CorpusWriter::CorpusWriter(const fs::path& target, bool is_narrow)
    : target_(target), temporary_(unique_beside(target)), file_(nullptr, &std::fclose),
      offsets_(nullptr, &std::fclose) {
  if (target.has_parent_path()) fs::create_directories(target.parent_path());
  const fs::path offsets_path = unique_beside(target);
  offsets_.reset(std::fopen(offsets_path.c_str(), "w+b"));
  if (!offsets_) fail("create");
  ::unlink(offsets_path.c_str());   // gone with the process, however that ends
  file_.reset(std::fopen(temporary_.c_str(), "w+b"));
  if (!file_) fail("create");
  header_.token_bytes = is_narrow ? 2 : 4;
  write(file_.get(), bytes_of(header_));
  write(offsets_.get(), bytes_of(header_.num_tokens));
}

CorpusWriter::~CorpusWriter() {
  file_.reset();
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove(temporary_, ignored);
}

void CorpusWriter::fail(const char* verb) const {
  throw_<SystemError>("cannot {} the corpus {}: {}", verb, target_.string(), std::strerror(errno));
}

void CorpusWriter::write(std::FILE* file, std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size()) fail("write");
}

void CorpusWriter::flush_block() {
  const std::string_view block = std::string_view(block_).substr(0, kHashBlock);
  header_.tokens_hash = hash64(block, header_.tokens_hash);
  write(file_.get(), block);
  block_.erase(0, block.size());
}

void CorpusWriter::add_document(std::span<const int32_t> ids) {
  for (const int32_t id : ids) {
    // the low bytes come first: checked where the header is read
    block_.append(reinterpret_cast<const char*>(&id), header_.token_bytes);
    if (block_.size() >= kHashBlock) flush_block();
  }
  header_.num_tokens += ids.size();
  ++header_.num_documents;
  write(offsets_.get(), bytes_of(header_.num_tokens));
}

void CorpusWriter::append_offsets() {
  if (std::fflush(offsets_.get()) != 0) fail("write");
  std::rewind(offsets_.get());
  std::string buffer(kHashBlock, '\0');
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), offsets_.get())) {
    const std::string_view read = std::string_view(buffer).substr(0, count);
    tail_hash_ = hash64(read, tail_hash_);
    write(file_.get(), read);
  }
  if (std::ferror(offsets_.get())) fail("read back");
}

void CorpusWriter::commit(std::string_view description) {
  if (!block_.empty()) flush_block();
  const size_t padding = (8 - header_.num_tokens * header_.token_bytes % 8) % 8;
  write(file_.get(), std::string(padding, '\0'));
  append_offsets();
  write(file_.get(), description);
  header_.description_bytes = description.size();
  header_.tail_hash = hash64(description, tail_hash_);
  header_.header_hash = header_.hash();
  if (std::fseek(file_.get(), 0, SEEK_SET) != 0) fail("write");
  write(file_.get(), bytes_of(header_));
  if (std::fflush(file_.get()) != 0 || ::fsync(::fileno(file_.get())) != 0) fail("write");
  if (std::fclose(file_.release()) != 0) fail("close");
  fs::rename(temporary_, target_);
  temporary_.clear();
  sync_path(target_.has_parent_path() ? target_.parent_path() : fs::path("."));
}

}  // namespace dovetail
