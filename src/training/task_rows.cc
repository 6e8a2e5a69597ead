// SPDX-License-Identifier: Apache-2.0
#include "training/task_rows.h"

#include <algorithm>

#include "base/error.h"
#include "base/random.h"

namespace dovetail {

namespace {

void append(std::vector<int32_t>& ids, const std::vector<int32_t>& more) {
  ids.insert(ids.end(), more.begin(), more.end());
}

void append_soft(std::vector<int32_t>& ids, const SoftTokens& tokens, Placement here, int64_t first) {
  if (tokens.placement != here) return;
  for (int64_t i = 0; i < tokens.count; ++i) ids.push_back(static_cast<int32_t>(first + i));
}

}  // namespace

Sequence RowMaker::row(const std::string& head, const std::string& tail) const {
  const Rendered rendered = render(form, task, head, tail);
  const std::vector<int32_t> prefix = vocabulary.encode_with_sentinels(rendered.prefix);
  const std::vector<int32_t> mask = vocabulary.encode_with_sentinels(rendered.mask);
  std::vector<int32_t> body = vocabulary.encode_with_sentinels(rendered.body);
  const int64_t room = max_source_length - 1 - static_cast<int64_t>(prefix.size() + mask.size());
  body.resize(std::min<size_t>(body.size(), static_cast<size_t>(std::max<int64_t>(1, room))));

  Sequence sequence;
  append(sequence.source, prefix);
  append_soft(sequence.source, soft_tokens, Placement::before, vocab_size);
  append(sequence.source, body);
  append_soft(sequence.source, soft_tokens, Placement::after, vocab_size);
  append(sequence.source, mask);
  sequence.source.push_back(Vocabulary::kEos);
  sequence.target = vocabulary.encode_with_sentinels(rendered.target);
  sequence.target.resize(std::min<size_t>(sequence.target.size(), max_target_length - 1));
  sequence.target.push_back(Vocabulary::kEos);
  return sequence;
}

Sequence RowMaker::choice_row(const Example& example, size_t choice) const {
  return row(example.source, choices_of(task, example).at(choice));
}

Sequence RowMaker::prior_row(const Example&, size_t choice) const { return row("", task.labels.at(choice)); }

std::string RowMaker::answer(const Example&, const std::string& generated) const { return postprocess(generated); }

namespace {

std::vector<Sequence> rows_of(const RowMaker& maker, const std::vector<int64_t>& heads, int64_t tails) {
  std::vector<Sequence> rows;
  for (int64_t head : heads) {
    const Example& example = maker.task.train[head];
    const size_t kept = tails > 0 ? std::min<size_t>(tails, example.references.size())
                                  : example.references.size();
    for (size_t i = 0; i < kept; ++i) rows.push_back(maker.row(example.source, example.references[i]));
  }
  return rows;
}

}  // namespace

std::vector<Sequence> training_rows(const RowMaker& maker, const Subset& subset) {
  return rows_of(maker, subset.heads, subset.tails);
}

std::vector<Sequence> validation_rows(const RowMaker& maker, const Subset& subset) {
  return rows_of(maker, subset.validation, 1);
}

EpochBatches::EpochBatches(std::vector<Sequence> rows, BatchLimit limit, uint64_t seed)
    : rows_(std::move(rows)), limit_(limit), seed_(seed) {
  if (rows_.empty()) throw_<DataError>("the task has no training examples at this size");
  start_epoch();
  batches_per_epoch_ = static_cast<int64_t>(batches_.size());
}

void EpochBatches::start_epoch() {
  Rng rng(derive_seed(seed_, fmt::format("epoch/{}", epoch_++)));
  batches_ = epoch_batches(rows_, limit_, rng);
  next_ = 0;
}

Batch EpochBatches::next() {
  if (next_ == batches_.size()) start_epoch();
  std::vector<const Sequence*> rows;
  for (int64_t row : batches_[next_]) rows.push_back(&rows_[row]);
  ++next_;
  return collate(rows);
}

}  // namespace dovetail
