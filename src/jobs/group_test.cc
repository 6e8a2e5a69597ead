// SPDX-License-Identifier: Apache-2.0
#include "jobs/group_test.h"

#include "base/run_guarded.h"
#include "base/sets.h"
#include "jobs/evaluate.h"
#include "jobs/test_pass.h"

namespace dovetail {

namespace {

using Cells = std::span<const std::unique_ptr<TuneCell>>;

EvalContext context_of(const TuneCell& cell) {
  return {cell.backbone.model, *cell.method, cell.encoder};
}

// The places of cells that are tested together.
std::vector<std::vector<size_t>> sets_of(Cells cells) {
  std::vector<size_t> tuned;
  for (size_t i = 0; i < cells.size(); ++i)
    if (cells[i] && cells[i]->outcome.failure.empty()) tuned.push_back(i);
  return sort_into_sets(tuned, [&](size_t first, size_t next) {
    return Json(cells[first]->evaluate) == Json(cells[next]->evaluate) &&
           may_be_tested_together(context_of(*cells[first]), context_of(*cells[next]));
  });
}

void test(Cells cells, const std::vector<size_t>& set, std::span<Record> records,
          std::vector<std::optional<RowCounts>>& counts) {
  std::vector<Record> scored(set.size());
  std::vector<CellTest> tests;
  for (size_t i = 0; i < set.size(); ++i) {
    TuneCell& cell = *cells[set[i]];
    tests.push_back({cell.backbone.model, *cell.method, cell.encoder,
                     test_examples_of(*cell.task, cell.evaluate), scored[i],
                     cell.training_outputs.get()});
  }
  evaluate_group(tests, cells[set.front()]->evaluate);
  for (size_t i = 0; i < set.size(); ++i) {
    Record& record = records[set[i]];
    record.metrics.merge(scored[i].metrics);
    record.per_example = std::move(scored[i].per_example);
    record.predictions = std::move(scored[i].predictions);
    counts[set[i]] = tests[i].counts;
  }
}

}  // namespace

std::vector<std::optional<RowCounts>> test_together(Cells cells, std::span<Record> records) {
  std::vector<std::optional<RowCounts>> counts(cells.size());
  for (const std::vector<size_t>& set : sets_of(cells)) {
    if (set.size() > 1) run_guarded([&] { test(cells, set, records, counts); });
  }
  return counts;
}

}  // namespace dovetail
