// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "text/corpus.h"

namespace dovetail {

// Documents by index, as ids without </s>: a corpus, or some of it.
struct Documents {
  Documents(const TokenCorpus& corpus);  // all of it; must outlive this
  Documents(int64_t num_documents, int64_t num_tokens,
            std::function<std::vector<int32_t>(int64_t index)> document)
      : count(num_documents), tokens(num_tokens), at(std::move(document)) {}

  int64_t count = 0;
  int64_t tokens = 0;  // of all documents
  std::function<std::vector<int32_t>(int64_t index)> at;
};

// A corpus without `held_out` of its documents, and those: the same ones for every seed and
// objective. DataError for a corpus with fewer than twice as many documents.
struct SplitCorpus {
  Documents training;
  Documents held_out;
};
SplitCorpus split_corpus(const TokenCorpus& corpus, int64_t held_out);

// How documents become chunks.
struct ChunkSettings {
  int64_t longest = 0;                    // the most tokens of any chunk
  bool pack_sequences = true;             // see ChunkStream
  std::optional<int32_t> separator = {};  // an id behind each document that is joined
};

// An endless stream of documents, those of each epoch in random order. With pack_sequences,
// documents are joined and cut into chunks of the length that is asked for, as T5 does (Raffel et
// al. 2020, sec. 3.1.3), with or without a separator. Without it, each chunk is one document,
// truncated if it is too long; documents of fewer than two tokens are skipped. The target then
// always belongs to the text of the source, which it rarely does when short documents on different
// topics share a row.
class ChunkStream {
 public:
  ChunkStream(Documents documents, const ChunkSettings& settings, uint64_t seed);
  std::vector<int32_t> next() { return next(settings_.longest); }
  std::vector<int32_t> next(int64_t length);  // at most the longest of the settings

 private:
  void start_epoch();
  std::vector<int32_t> next_document();
  std::vector<int32_t> next_packed(int64_t length);

  Documents documents_;
  ChunkSettings settings_;
  uint64_t seed_;
  int64_t epoch_ = 0;
  std::vector<int64_t> order_;
  size_t position_ = 0;           // in order_
  std::vector<int32_t> pending_;  // read, not yet returned
  size_t pending_begin_ = 0;
};

}  // namespace dovetail
