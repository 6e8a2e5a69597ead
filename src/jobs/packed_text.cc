// SPDX-License-Identifier: Apache-2.0
#include "jobs/packed_text.h"

#include <algorithm>

#include "base/error.h"
#include "base/random.h"

namespace dovetail {

namespace {

// Reading more rows ahead leaves less padding; memory sets the bound, about 50 MB.
constexpr int64_t kWindowTokens = int64_t{1} << 22, kLeastBatches = 16, kMostBatches = 256;

int64_t window_batches(const PretrainSettings& settings) {
  return std::clamp(kWindowTokens / settings.batch_tokens, kLeastBatches, kMostBatches);
}

}  // namespace

PackedText::PackedText(Documents documents, const Vocabulary& vocabulary,
                       const ChoiceSettings& objective, const PretrainSettings& settings,
                       const BatchIds& ids, RowTexts texts)
    : seed_(derive_seed(settings.seed, "text")),
      ids_(ids),
      rows_per_batch_(rows_per_batch(settings)),
      window_batches_(window_batches(settings)),
      pack_pairs_(settings.pack_pairs),
      rows_(std::move(documents), vocabulary, objective, settings, texts) {}

// Where examples share rows, which ones do depends on their lengths, so rows must be made even if
// no batch of the window is wanted.
void PackedText::read_window() {
  chunks_.clear();
  sequences_.clear();
  for (int64_t i = 0; i < window_batches_ * rows_per_batch_; ++i) {
    if (pack_pairs_) {
      sequences_.push_back(rows_.next().sequence);
    } else {
      chunks_.push_back(rows_.next_chunk());
    }
  }
  ++windows_read_;
}

void PackedText::make_window() {
  const int64_t window = windows_read_ - 1;
  for (const TextRows::Chunk& chunk : chunks_) sequences_.push_back(rows_.make(chunk).sequence);
  chunks_.clear();
  Rng rng(derive_seed(seed_, fmt::format("window/{}", window)));
  batches_ = epoch_batches(sequences_, {.rows = rows_per_batch_}, rng);
  window_made_ = window;
}

Batch PackedText::batch(int64_t step) {
  const int64_t window = step / window_batches_;
  DOVETAIL_CHECK(window >= windows_read_ - 1);
  while (windows_read_ <= window) read_window();
  if (window_made_ != window) make_window();
  std::vector<const Sequence*> rows;
  for (int64_t row : batches_[step % window_batches_]) rows.push_back(&sequences_[row]);
  return collate(rows, ids_);
}

}  // namespace dovetail
