// SPDX-License-Identifier: Apache-2.0
#include "jobs/packed_text.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/random.h"

namespace dovetail {

namespace {

constexpr size_t kLeastTokens = 2;  // what an objective needs
// Reading more rows ahead leaves less padding; memory sets the bound, about 50 MB.
constexpr int64_t kWindowTokens = int64_t{1} << 22, kLeastBatches = 16, kMostBatches = 256;

int64_t window_batches(const PretrainSettings& settings) {
  return std::clamp(kWindowTokens / settings.batch_tokens, kLeastBatches, kMostBatches);
}

std::vector<std::vector<int32_t>> encode_texts(const Objective& objective,
                                               const nlohmann::json& parameters,
                                               const Vocabulary& vocabulary) {
  std::vector<std::vector<int32_t>> encoded;
  std::map<std::vector<int32_t>, std::string> seen;
  for (const std::string& text : texts_of(objective, parameters)) {
    encoded.push_back(vocabulary.encode(text));
    const auto [other, is_new] = seen.try_emplace(encoded.back(), text);
    if (is_new || other->second == text) continue;
    throw_<ConfigError>(
        "the vocabulary cannot tell \"{}\" of objective {} from \"{}\": give texts of pieces "
        "that it has",
        text, objective.name, other->second);
  }
  return encoded;
}

int64_t longest(const std::vector<std::vector<int32_t>>& texts) {
  size_t length = 0;
  for (const std::vector<int32_t>& text : texts) length = std::max(length, text.size());
  return static_cast<int64_t>(length);
}

// A chunk leaves room for the one id that T5's tokenizer puts around a text.
int64_t more_than_an_end(const Vocabulary& vocabulary) {
  return std::ssize(vocabulary.frame({})) - 1;
}

}  // namespace

ChunkStream::ChunkStream(const TokenCorpus& corpus, int64_t chunk_length, bool pack_sequences,
                         uint64_t seed)
    : corpus_(corpus), chunk_length_(chunk_length), pack_sequences_(pack_sequences), seed_(seed) {
  if (corpus.num_tokens() < chunk_length) {
    throw_<DataError>(
        "the pre-training text has {} tokens, fewer than one row of {}: give more text",
        corpus.num_tokens(), chunk_length);
  }
  start_epoch();
}

void ChunkStream::start_epoch() {
  Rng rng(derive_seed(seed_, fmt::format("epoch/{}", epoch_++)));
  order_ = rng.permutation(corpus_.num_documents());
  position_ = 0;
}

std::vector<int32_t> ChunkStream::next_document() {
  if (position_ == order_.size()) start_epoch();
  return corpus_.document(order_[position_++]);
}

std::vector<int32_t> ChunkStream::next() {
  if (pack_sequences_) return next_packed();
  for (size_t tried = 0; tried <= 2 * order_.size(); ++tried) {
    std::vector<int32_t> document = next_document();
    if (document.size() < kLeastTokens) continue;
    document.resize(std::min<size_t>(document.size(), chunk_length_));
    return document;
  }
  throw_<DataError>(
      "no line of the pre-training text has two tokens or more: give other text, or set "
      "pack_sequences = true");
}

std::vector<int32_t> ChunkStream::next_packed() {
  while (static_cast<int64_t>(pending_.size() - pending_begin_) < chunk_length_) {
    pending_.erase(pending_.begin(), pending_.begin() + pending_begin_);
    pending_begin_ = 0;
    const std::vector<int32_t> document = next_document();
    pending_.insert(pending_.end(), document.begin(), document.end());
  }
  const auto begin = pending_.begin() + pending_begin_;
  pending_begin_ += chunk_length_;
  return {begin, begin + chunk_length_};
}

PackedText::PackedText(const TokenCorpus& corpus, const Vocabulary& vocabulary,
                       const ChoiceSettings& objective, const PretrainSettings& settings,
                       const BatchIds& ids)
    : vocabulary_(vocabulary),
      objective_(find_objective(objective.name)),
      parameters_(resolve_parameters(objective_, objective.parameters)),
      seed_(derive_seed(settings.seed, "text")),
      ids_(ids),
      rows_per_batch_(std::max<int64_t>(1, settings.batch_tokens / settings.sequence_length)),
      window_batches_(window_batches(settings)),
      texts_(encode_texts(objective_, parameters_, vocabulary)),
      stream_(corpus,
              objective_.chunk_length(
                  settings.sequence_length - longest(texts_) - more_than_an_end(vocabulary),
                  parameters_),
              settings.pack_sequences, seed_) {
  for (int i = 0; i < vocabulary.num_sentinels(); ++i) sentinels_.push_back(vocabulary.sentinel(i));
}

Sequence PackedText::make_sequence(const std::vector<int32_t>& chunk, int64_t row) const {
  Rng rng(derive_seed(seed_, fmt::format("row/{}", row)));
  Denoised denoised = objective_.apply(chunk, {sentinels_, texts_}, parameters_, rng);
  return {vocabulary_.frame(std::move(denoised.inputs)),
          vocabulary_.frame(std::move(denoised.targets))};
}

void PackedText::make_window() {
  const int64_t window = windows_read_ - 1;
  const int64_t rows = window_batches_ * rows_per_batch_;
  sequences_.clear();
  for (int64_t i = 0; i < rows; ++i)
    sequences_.push_back(make_sequence(chunks_[i], window * rows + i));
  Rng rng(derive_seed(seed_, fmt::format("window/{}", window)));
  batches_ = epoch_batches(sequences_, {.rows = rows_per_batch_}, rng);
  window_made_ = window;
}

Batch PackedText::batch(int64_t step) {
  const int64_t window = step / window_batches_;
  DOVETAIL_CHECK(window >= windows_read_ - 1);
  while (windows_read_ <= window) {
    chunks_.clear();
    for (int64_t i = 0; i < window_batches_ * rows_per_batch_; ++i)
      chunks_.push_back(stream_.next());
    ++windows_read_;
  }
  if (window_made_ != window) make_window();
  std::vector<const Sequence*> rows;
  for (int64_t row : batches_[step % window_batches_]) rows.push_back(&sequences_[row]);
  return collate(rows, ids_);
}

}  // namespace dovetail
