// SPDX-License-Identifier: Apache-2.0
#include "jobs/self_trainer.h"

#include <algorithm>

#include "adaptation/augmentation.h"
#include "base/error.h"
#include "base/random.h"
#include "jobs/pool_labels.h"

namespace dovetail {

namespace {

// `count` indices below `size`: a stretch of an endless stream of permutations.
std::vector<int64_t> drawn(uint64_t seed, const char* what, int64_t step, size_t count,
                           size_t size) {
  std::vector<int64_t> indices;
  auto number = step * static_cast<int64_t>(count);
  int64_t epoch = -1;
  std::vector<int64_t> order;
  for (size_t i = 0; i < count; ++i, ++number) {
    const int64_t of = number / static_cast<int64_t>(size);
    if (of != epoch) {
      epoch = of;
      order = Rng(derive_seed(seed, fmt::format("{}/{}", what, epoch)))
                  .permutation(static_cast<int64_t>(size));
    }
    indices.push_back(order[number % static_cast<int64_t>(size)]);
  }
  return indices;
}

}  // namespace

SelfTrainer::SelfTrainer(const SelfTraining& settings, Pool pool, const Cell& cell)
    : settings_(settings),
      pool_(std::move(pool)),
      cell_(cell),
      rule_(settings.parameters, cell.context.encoder.task().labels.size(), pool_.examples.size(),
            cell.steps) {
  check_label_pieces(cell.context.encoder, pool_.examples.front(), settings.long_labels);
}

LabelEvidence SelfTrainer::evidence(int64_t step, size_t count, WeightAverage* average) {
  const TaskData& task = cell_.context.encoder.task();
  LabelEvidence found;
  found.pool_indices = drawn(cell_.seed, "pool", step, count, pool_.examples.size());
  std::vector<const Example*> unlabelled, labelled;
  for (const int64_t index : found.pool_indices) unlabelled.push_back(&pool_.examples[index]);
  const std::vector<int64_t>& known = cell_.labelled.examples;
  for (const int64_t place : drawn(cell_.seed, "labelled", step, count, known.size())) {
    labelled.push_back(&task.train[known[place]]);
    found.labels.push_back(labelled.back()->answer);
  }
  const bool by_average = settings_.parameters.at("teacher") == "ema";
  const AveragedWeights teacher(by_average ? average : nullptr);
  found.pool = label_probabilities(cell_.context, unlabelled);
  found.labelled = label_probabilities(cell_.context, labelled);
  return found;
}

std::vector<Sequence> SelfTrainer::pool_rows(int64_t step, size_t count, WeightAverage* average) {
  const double warmup = settings_.parameters.at("warmup");
  if (static_cast<double>(step) < warmup * static_cast<double>(cell_.steps)) return {};
  const LabelEvidence found = evidence(step, count, average);
  const bool as_it_is = settings_.parameters.at("method") == "pseudo_label";
  const std::string way = as_it_is ? "none" : settings_.parameters.at("augmentation");
  Rng rng(derive_seed(cell_.seed, fmt::format("augmentation/{}", step)));
  std::vector<Sequence> rows;
  shown_ += static_cast<int64_t>(count);
  for (const SelectedLabel& selected : rule_.select(found, step)) {
    const int64_t index = found.pool_indices[selected.place];
    const Example example =
        augmented(pool_.examples[index], way, settings_.parameters.at("augmented_share"), rng);
    rows.push_back(
        cell_.context.encoder.choice_row(example, static_cast<size_t>(selected.label)).sequence);
    ++used_;
    known_ += pool_.answers[index] >= 0;
    right_ += pool_.answers[index] == selected.label;
  }
  return rows;
}

// The loss is divided by the labelled targets alone, so that an example whose label does not count
// is a zero in the mean, as in the papers.
Batch SelfTrainer::batch(int64_t step, const std::vector<const Sequence*>& labelled,
                         WeightAverage* average, const BatchIds& ids) {
  const std::vector<Sequence> more = pool_rows(step, labelled.size(), average);
  std::vector<const Sequence*> rows = labelled;
  for (const Sequence& row : more) rows.push_back(&row);
  Batch batch = collate(rows, ids);
  batch.loss_divisor = 0;
  for (const Sequence* row : labelled)
    batch.loss_divisor += static_cast<double>(row->target.size());
  return batch;
}

void SelfTrainer::describe(Record& record) const {
  record.metrics["pool_examples"] = static_cast<double>(pool_.examples.size());
  if (shown_ > 0)
    record.metrics["pool_share_used"] = static_cast<double>(used_) / static_cast<double>(shown_);
  if (known_ > 0)
    record.metrics["pool_label_accuracy"] =
        static_cast<double>(right_) / static_cast<double>(known_);
}

}  // namespace dovetail
