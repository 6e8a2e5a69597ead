// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "examples/pool.h"
#include "jobs/pseudo_label_rule.h"
#include "jobs/test_items.h"
#include "plan/job.h"
#include "plan/record.h"
#include "training/batch.h"
#include "training/weight_average.h"

namespace dovetail {

// Self-training of a cell: each step it also learns from examples of the pool, as many as it has
// labelled ones in that step, under those of its own labels that count. The label is given to the
// text as it is, and learned from an augmented one (but for plain pseudo-labelling). An example
// whose label does not count adds nothing; one whose does weighs as much as a labelled one (lambda
// 1 and a ratio of 1 in the papers' terms).
class SelfTrainer {
 public:
  // The cell's model as it is while it trains, the examples that it has labels of, and its pool.
  // All must outlive this.
  struct Cell {
    EvalContext context;
    const Subset& labelled;
    uint64_t seed = 1;
    int64_t steps = 0;
  };
  // ConfigError as check_label_pieces.
  SelfTrainer(const SelfTraining& settings, Pool pool, const Cell& cell);

  // The labelled rows of a step, and what it learns from the pool. `average`: the teacher, where
  // the settings name it. Steps must rise.
  Batch batch(int64_t step, const std::vector<const Sequence*>& labelled, WeightAverage* average,
              const BatchIds& ids);

  // The share of the pool's examples that were learned from, and how many of their labels were
  // right, where the data know.
  void describe(Record& record) const;

 private:
  LabelEvidence evidence(int64_t step, size_t count, WeightAverage* average);
  std::vector<Sequence> pool_rows(int64_t step, size_t count, WeightAverage* average);

  SelfTraining settings_;
  Pool pool_;
  Cell cell_;
  PseudoLabelRule rule_;
  int64_t shown_ = 0, used_ = 0, known_ = 0, right_ = 0;
};

}  // namespace dovetail
