// SPDX-License-Identifier: Apache-2.0
#include "text/corpus_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <thread>

#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/hash.h"
#include "base/machine_failure.h"
#include "base/stop.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

fs::path with_suffix(fs::path path, const char* suffix) { return path += suffix; }

fs::path partial_of(const fs::path& target) { return with_suffix(target, ".partial"); }
fs::path offsets_of(const fs::path& target) { return with_suffix(target, ".partial.offsets"); }

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
    : target_(target),
      partial_(partial_of(target)),
      offsets_path_(offsets_of(target)),
      file_(nullptr, &std::fclose),
      offsets_(nullptr, &std::fclose) {
  if (target.has_parent_path()) make_folders(target.parent_path());
  open_locked();
  offsets_ = open(offsets_path_);
  header_.token_bytes = is_narrow ? 2 : 4;
  seek(file_.get(),
       sizeof(header_));  // the header is written last: a file without one is no corpus
  seek(offsets_.get(), ProgressRecords::kBytes);
  write(offsets_.get(), bytes_of(header_.num_tokens));
}

CorpusWriter::~CorpusWriter() {
  std::error_code ignored;
  if (is_kept_) return;
  fs::remove(offsets_path_, ignored);
  fs::remove(partial_, ignored);
}

// Opens for reading and writing; creates a missing file, and does not truncate.
CorpusWriter::File CorpusWriter::open(const fs::path& path) const {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  File file(descriptor < 0 ? nullptr : ::fdopen(descriptor, "r+b"), &std::fclose);
  if (!file) fail("create");
  return file;
}

void CorpusWriter::open_locked() {
  while (true) {
    file_ = open(partial_);
    const int descriptor = ::fileno(file_.get());
    while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      check_stop();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    // the process that held the lock may have renamed or removed the file
    struct stat held {
    }, named{};
    if (::fstat(descriptor, &held) != 0) fail("stat");
    if (::stat(partial_.c_str(), &named) == 0 && held.st_ino == named.st_ino) return;
  }
}

void CorpusWriter::fail(const char* verb) const {
  fail_writing(verb, "the corpus " + target_.string(), errno);
}

void CorpusWriter::write(std::FILE* file, std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size()) fail("write");
}

void CorpusWriter::seek(std::FILE* file, uint64_t position) {
  if (::fseeko(file, static_cast<off_t>(position), SEEK_SET) != 0) fail("write");
}

nlohmann::json CorpusWriter::restore(const std::string& identity) {
  identity_ = identity;
  const nlohmann::json record = progress_.read(::fileno(offsets_.get()));
  if (record.is_null()) return nullptr;
  if (record.at("identity") == identity && take_up(record)) return record.at("note");
  checkpoint(nullptr);  // overwrites a record of other inputs
  return nullptr;
}

bool CorpusWriter::take_up(const nlohmann::json& record) {
  CorpusHeader header = header_;
  record.at("documents").get_to(header.num_documents);
  record.at("tokens").get_to(header.num_tokens);
  record.at("tokens_hash").get_to(header.tokens_hash);
  const uint64_t token_bytes = header.num_tokens * header.token_bytes;
  const uint64_t offsets_end =
      ProgressRecords::kBytes + sizeof(uint64_t) * (header.num_documents + 1);
  if (fs::file_size(partial_) < sizeof(header) + token_bytes ||
      fs::file_size(offsets_path_) < offsets_end) {
    return false;
  }
  block_.resize(token_bytes % kHashBlock);
  const uint64_t block_at = sizeof(header) + token_bytes - block_.size();
  seek(file_.get(), block_at);
  if (std::fread(block_.data(), 1, block_.size(), file_.get()) != block_.size()) fail("read back");
  seek(file_.get(), block_at);
  seek(offsets_.get(), offsets_end);
  header_ = header;
  return true;
}

void CorpusWriter::checkpoint(const nlohmann::json& note) {
  const uint64_t block_at =
      sizeof(header_) + header_.num_tokens * header_.token_bytes - block_.size();
  write(file_.get(), block_);
  seek(file_.get(), block_at);  // also flushes the buffer
  if (::fdatasync(::fileno(file_.get())) != 0 || std::fflush(offsets_.get()) != 0 ||
      ::fdatasync(::fileno(offsets_.get())) != 0) {
    fail("write");
  }
  progress_.write(::fileno(offsets_.get()),
                  {{"identity", identity_},
                   {"documents", header_.num_documents},
                   {"tokens", header_.num_tokens},
                   {"tokens_hash", header_.tokens_hash},
                   {"note", note}},
                  target_.string());
}

void CorpusWriter::flush_block() {
  const std::string_view block = std::string_view(block_).substr(0, kHashBlock);
  header_.tokens_hash = hash64(block, header_.tokens_hash);
  write(file_.get(), block);
  block_.erase(0, block.size());
}

void CorpusWriter::add_document(std::span<const int32_t> ids) {
  for (const int32_t id : ids) {
    // low bytes first: spiece_model.cc asserts a little-endian machine
    block_.append(reinterpret_cast<const char*>(&id), header_.token_bytes);
    if (block_.size() >= kHashBlock) flush_block();
  }
  header_.num_tokens += ids.size();
  ++header_.num_documents;
  write(offsets_.get(), bytes_of(header_.num_tokens));
}

void CorpusWriter::append_offsets() {
  seek(offsets_.get(), ProgressRecords::kBytes);
  std::string buffer(kHashBlock, '\0');
  for (uint64_t left = sizeof(uint64_t) * (header_.num_documents + 1); left > 0;) {
    buffer.resize(std::min<uint64_t>(left, kHashBlock));
    if (std::fread(buffer.data(), 1, buffer.size(), offsets_.get()) != buffer.size())
      fail("read back");
    tail_hash_ = hash64(buffer, tail_hash_);
    write(file_.get(), buffer);
    left -= buffer.size();
  }
}

void CorpusWriter::commit(std::string_view description) {
  if (!block_.empty()) flush_block();
  const size_t padding = (8 - header_.num_tokens * header_.token_bytes % 8) % 8;
  write(file_.get(), std::string(padding, '\0'));
  append_offsets();
  write(file_.get(), description);
  const off_t size = ::ftello(file_.get());
  header_.description_bytes = description.size();
  header_.tail_hash = hash64(description, tail_hash_);
  header_.header_hash = header_.hash();
  seek(file_.get(), 0);
  write(file_.get(), bytes_of(header_));
  // a killed process may have written more
  if (std::fflush(file_.get()) != 0 || ::ftruncate(::fileno(file_.get()), size) != 0 ||
      ::fsync(::fileno(file_.get())) != 0) {
    fail("write");
  }
  publish();
}

// The rename comes last: until then a later call resumes from or replaces the partial files.
void CorpusWriter::publish() {
  std::error_code error;
  fs::remove(offsets_path_, error);
  fs::rename(partial_, target_, error);
  // without locks another process may have published the same file first
  if (error && !fs::exists(target_)) {
    fail_writing("publish", "the corpus " + target_.string(), error.value());
  }
  is_kept_ = true;
  sync_path(target_.has_parent_path() ? target_.parent_path() : fs::path("."));
}

void remove_partial_corpus(const fs::path& target) {
  std::error_code ignored;
  fs::remove(offsets_of(target), ignored);
  fs::remove(partial_of(target), ignored);
}

}  // namespace dovetail
