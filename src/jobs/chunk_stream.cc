// SPDX-License-Identifier: Apache-2.0
#include "jobs/chunk_stream.h"

#include <algorithm>
#include <memory>

#include "base/error.h"
#include "base/random.h"

namespace dovetail {

namespace {

constexpr size_t kLeastTokens = 2;  // what an objective needs

Documents some_of(const TokenCorpus& corpus, std::vector<int64_t> indices) {
  int64_t tokens = 0;
  for (const int64_t index : indices) tokens += std::ssize(corpus.document(index));
  const auto kept = std::make_shared<const std::vector<int64_t>>(std::move(indices));
  return {std::ssize(*kept), tokens,
          [&corpus, kept](int64_t index) { return corpus.document(kept->at(index)); }};
}

}  // namespace

Documents::Documents(const TokenCorpus& corpus)
    : count(corpus.num_documents()),
      tokens(corpus.num_tokens()),
      at([&corpus](int64_t index) { return corpus.document(index); }) {}

SplitCorpus split_corpus(const TokenCorpus& corpus, int64_t held_out) {
  if (held_out == 0) return {corpus, some_of(corpus, {})};
  if (corpus.num_documents() < 2 * held_out) {
    throw_<DataError>(
        "held_out = {} asks for more than half of the {} documents of the pre-training text: hold "
        "out fewer, or give more text",
        held_out, corpus.num_documents());
  }
  Rng rng(derive_seed(0, "held out"));
  std::vector<int64_t> order = rng.permutation(corpus.num_documents());
  std::vector<int64_t> out(order.begin(), order.begin() + held_out);
  order.erase(order.begin(), order.begin() + held_out);
  std::ranges::sort(order);  // neighbours on disk stay neighbours
  return {some_of(corpus, std::move(order)), some_of(corpus, std::move(out))};
}

ChunkStream::ChunkStream(Documents documents, const ChunkSettings& settings, uint64_t seed)
    : documents_(std::move(documents)), settings_(settings), seed_(seed) {
  if (documents_.tokens < settings_.longest) {
    throw_<DataError>(
        "the pre-training text has {} tokens, fewer than one row of {}: give more text",
        documents_.tokens, settings_.longest);
  }
  start_epoch();
}

void ChunkStream::start_epoch() {
  Rng rng(derive_seed(seed_, fmt::format("epoch/{}", epoch_++)));
  order_ = rng.permutation(documents_.count);
  position_ = 0;
}

std::vector<int32_t> ChunkStream::next_document() {
  if (position_ == order_.size()) start_epoch();
  return documents_.at(order_[position_++]);
}

std::vector<int32_t> ChunkStream::next(int64_t length) {
  if (settings_.pack_sequences) return next_packed(length);
  for (size_t tried = 0; tried <= 2 * order_.size(); ++tried) {
    std::vector<int32_t> document = next_document();
    if (document.size() < kLeastTokens) continue;
    document.resize(std::min<size_t>(document.size(), length));
    return document;
  }
  throw_<DataError>(
      "no line of the pre-training text has two tokens or more: give other text, or set "
      "pack_sequences = true");
}

std::vector<int32_t> ChunkStream::next_packed(int64_t length) {
  while (static_cast<int64_t>(pending_.size() - pending_begin_) < length) {
    pending_.erase(pending_.begin(), pending_.begin() + pending_begin_);
    pending_begin_ = 0;
    const std::vector<int32_t> document = next_document();
    pending_.insert(pending_.end(), document.begin(), document.end());
    if (settings_.separator) pending_.push_back(*settings_.separator);
  }
  const auto begin = pending_.begin() + pending_begin_;
  pending_begin_ += length;
  return {begin, begin + length};
}

}  // namespace dovetail
