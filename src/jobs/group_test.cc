// SPDX-License-Identifier: Apache-2.0
#include "jobs/group_test.h"

#include "base/run_guarded.h"
#include "base/sets.h"
#include "jobs/evaluate.h"
#include "jobs/test_pass.h"
#include "jobs/training_subset.h"

namespace dovetail {

namespace {

using Cells = std::span<const std::unique_ptr<TuneCell>>;

// The places of cells that are tested together.
std::vector<std::vector<size_t>> sets_of(Cells cells) {
  std::vector<size_t> tuned;
  for (size_t i = 0; i < cells.size(); ++i)
    if (cells[i] && cells[i]->outcome.failure.empty()) tuned.push_back(i);
  return sort_into_sets(tuned, [&](size_t first, size_t next) {
    return Json(cells[first]->evaluate) == Json(cells[next]->evaluate) &&
           may_be_tested_together(cells[first]->context(), cells[next]->context());
  });
}

// How the cells of a set answer these examples of each.
template <typename ExamplesOf>
std::vector<CellTest> evaluate_set(Cells cells, const std::vector<size_t>& set,
                                   const EvaluateSettings& settings, ExamplesOf examples_of,
                                   std::vector<Record>& scored) {
  scored.resize(set.size());
  std::vector<CellTest> tests;
  for (size_t i = 0; i < set.size(); ++i) {
    TuneCell& cell = *cells[set[i]];
    tests.push_back(cell.test_on(examples_of(cell), scored[i]));
  }
  evaluate_group(tests, settings);
  return tests;
}

void validate(Cells cells, std::vector<size_t> set, std::span<Record> records) {
  std::erase_if(set, [&](size_t i) { return cells[i]->validation.empty(); });
  if (set.empty()) return;
  EvaluateSettings first = cells[set.front()]->evaluate;
  first.also.clear();
  std::vector<Record> scored;
  evaluate_set(
      cells, set, first,
      [](const TuneCell& cell) { return validation_examples_of(*cell.task, cell.subset); }, scored);
  for (size_t i = 0; i < set.size(); ++i)
    records[set[i]].validation_scores = std::move(scored[i].per_example);
}

void test(Cells cells, const std::vector<size_t>& set, std::span<Record> records,
          std::vector<std::optional<RowCounts>>& counts) {
  std::vector<Record> scored;
  const std::vector<CellTest> tests = evaluate_set(
      cells, set, cells[set.front()]->evaluate,
      [](const TuneCell& cell) { return test_examples_of(*cell.task, cell.evaluate); }, scored);
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
    if (set.size() == 1) continue;
    run_guarded([&] {
      validate(cells, set, records);
      test(cells, set, records, counts);
    });
  }
  return counts;
}

}  // namespace dovetail
