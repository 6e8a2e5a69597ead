// SPDX-License-Identifier: Apache-2.0
#include "text/build_corpus.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <future>

#include "base/error.h"
#include "base/hash.h"
#include "text/corpus.h"
#include "text/corpus_file.h"
#include "text/document_reader.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr int32_t kNarrowIds = 65536;
constexpr size_t kSliceBytes = 1 << 20;  // of text that a thread encodes at a time
constexpr int kCutVersion = 1;           // raise it when texts are split into other documents

// Whether the target is a whole corpus made with this vocabulary. A damaged one counts as absent.
bool is_built(const fs::path& target, const Vocabulary& vocabulary) {
  if (!fs::exists(target)) return false;
  try {
    const TokenCorpus corpus(target);
    corpus.verify();
    if (corpus.vocabulary_hash() == vocabulary.content_hash()) return true;
  } catch (const DataError&) {
    return false;
  }
  throw_<DataError>(
      "{}: this corpus was made with another vocabulary; remove it, or choose another file",
      target.string());
}

// Identifies the inputs of a partial corpus: only the same inputs may resume it. Files are compared
// by size and modification time, because hashing gigabytes would take too long.
std::string identity_of(const std::vector<fs::path>& text_files, const Vocabulary& vocabulary) {
  std::string identity = fmt::format("{} {}", kCutVersion, vocabulary.content_hash());
  for (const fs::path& file : text_files) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) {
      throw_<SystemError>("cannot stat {}: {}", file.string(), std::strerror(errno));
    }
    identity +=
        fmt::format(" {} {}.{}", status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
  }
  return content_hash(identity);
}

using Documents = std::vector<std::string>;

// Documents that are encoded together, one slice a thread.
struct Round {
  std::vector<Documents> slices;
  ReaderPosition end;
};

Round read_round(DocumentReader& reader, int threads) {
  Round round;
  for (int i = 0; i < threads; ++i) {
    Documents slice;
    size_t bytes = 0;
    for (std::string document; bytes < kSliceBytes && reader.next(document);) {
      bytes += document.size() + sizeof(document);
      slice.push_back(std::move(document));
    }
    if (!slice.empty()) round.slices.push_back(std::move(slice));
  }
  round.end = reader.position();
  return round;
}

using Encoded = std::vector<std::vector<int32_t>>;

Encoded encode(const Documents& documents, const Vocabulary& vocabulary) {
  Encoded encoded;
  encoded.reserve(documents.size());
  for (const std::string& document : documents) encoded.push_back(vocabulary.encode(document));
  return encoded;
}

// Encodes documents into the writer and keeps count of them.
class CorpusBuilder {
 public:
  CorpusBuilder(CorpusWriter& writer, const Vocabulary& vocabulary,
                const BuildCorpusOptions& options)
      : writer_(writer), vocabulary_(vocabulary), options_(options) {}

  // Returns the position to resume reading from.
  ReaderPosition restore(const std::string& identity) {
    const nlohmann::json note = writer_.restore(identity);
    if (note.is_null()) return {};
    note.at("counted").get_to(counted_);
    ReaderPosition position = note.at("position").get<ReaderPosition>();
    checkpoint_at_ = position.statistics.bytes + options_.checkpoint_bytes;
    return position;
  }

  void run(DocumentReader& reader) {
    const int threads = std::max(1, options_.threads);
    const auto policy = threads == 1 ? std::launch::deferred : std::launch::async;
    Round round = read_round(reader, threads);
    while (!round.slices.empty()) {
      std::vector<std::future<Encoded>> encoded;
      for (const Documents& slice : round.slices) {
        encoded.push_back(std::async(policy, [&] { return encode(slice, vocabulary_); }));
      }
      Round next = read_round(reader, threads);  // while the threads encode
      for (auto& slice : encoded) add(slice.get());
      checkpoint(round.end);
      round = std::move(next);
    }
  }

  // Statistics of the whole text; call it once the reader is at its end.
  CorpusStatistics statistics(const DocumentReader& reader) const {
    CorpusStatistics statistics = reader.statistics();
    statistics.documents = counted_.documents;
    statistics.tokens = counted_.tokens;
    statistics.tokenless_documents = counted_.tokenless_documents;
    return statistics;
  }

 private:
  void add(const Encoded& documents) {
    for (const std::vector<int32_t>& ids : documents) {
      counted_.tokens += static_cast<int64_t>(ids.size());
      ++(ids.empty() ? counted_.tokenless_documents : counted_.documents);
      if (!ids.empty()) writer_.add_document(ids);
    }
  }

  void checkpoint(const ReaderPosition& end) {
    if (end.statistics.bytes < checkpoint_at_) return;
    writer_.checkpoint({{"counted", counted_}, {"position", end}});
    checkpoint_at_ = end.statistics.bytes + options_.checkpoint_bytes;
  }

  CorpusWriter& writer_;
  const Vocabulary& vocabulary_;
  const BuildCorpusOptions& options_;
  CorpusStatistics counted_;
  int64_t checkpoint_at_ = options_.checkpoint_bytes;
};

}  // namespace

void build_corpus(const std::vector<fs::path>& text_files, const Vocabulary& vocabulary,
                  const fs::path& target, const BuildCorpusOptions& options) {
  if (is_built(target, vocabulary)) return remove_partial_corpus(target);
  const DocumentReader check_files(text_files);  // fails before anything is written
  CorpusWriter writer(target, vocabulary.size() <= kNarrowIds);
  if (is_built(target, vocabulary)) return;  // another process made it while this one waited
  try {
    CorpusBuilder builder(writer, vocabulary, options);
    DocumentReader reader(text_files, builder.restore(identity_of(text_files, vocabulary)));
    builder.run(reader);
    const CorpusStatistics statistics = builder.statistics(reader);
    if (statistics.documents == 0) {
      throw_<DataError>("{}: expected text, found none in {} lines",
                        text_files.empty() ? "no file" : text_files.front().string(),
                        statistics.lines);
    }
    writer.commit(
        nlohmann::json{{"statistics", statistics}, {"vocabulary", vocabulary.content_hash()}}
            .dump());
  } catch (const Interrupted&) {
    writer.keep();
    throw;
  }
}

}  // namespace dovetail
