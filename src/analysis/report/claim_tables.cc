// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/claim_tables.h"

#include "base/names.h"

namespace dovetail {

namespace {

void append_effect(CsvRow& row, const ClaimResult& result, const SideScores& scores,
                   const Estimate& effect) {
  row.insert(row.end(), {csv_number(scores.better), csv_number(scores.worse),
                         csv_number(scores.relative(result.higher_is_better)),
                         csv_number(scores.reference_better), csv_number(scores.reference_worse)});
  append(row, effect);
}

// The columns from "better" to "detectable".
void append_verdict(CsvRow& row, const ClaimResult& result) {
  append_effect(row, result, result.scores, result.effect.estimate);
  const bool judged = result.verdict != ClaimVerdict::not_run;
  row.insert(row.end(), {result.effect.tasks_drawn ? "yes" : "no",
                         judged ? csv_number(result.effect.p_value) : "",
                         judged ? csv_number(result.p_holm) : "",
                         judged ? csv_number(result.p_beyond) : "", csv_number(result.detectable)});
}

CsvRow claim_fields(const ClaimResult& result) {
  CsvRow row{result.claim.name,
             result.claim.source,
             result.metric,
             result.claim.reduce,
             csv_number(result.claim.at_least),
             to_string(result.verdict),
             result.reason};
  if (result.tasks.empty())
    row.insert(row.end(), 13, "");
  else
    append_verdict(row, result);
  for (const int64_t count :
       {static_cast<int64_t>(result.tasks.size()), result.seeds, result.examples, result.pairs,
        result.cells, result.cells_failed, result.cells_missing}) {
    row.push_back(csv_number(count));
  }
  row.push_back(join(result.unusable, "; "));
  row.insert(row.end(), {result.family, csv_number(result.family_size),
                         result.claim.margin > 0 ? csv_number(result.claim.margin) : "",
                         result.about_starts ? csv_number(result.pretraining_runs) : "",
                         result.registered ? result.registered->at : "",
                         result.registered ? csv_number(result.registered->results_before) : ""});
  return row;
}

}  // namespace

CsvRows claims_table(const std::vector<ClaimResult>& claims) {
  CsvRows rows{{"claim",         "source",        "metric",           "reduce",
                "at_least",      "verdict",       "reason",           "better",
                "worse",         "relative_gain", "reference_better", "reference_worse",
                "effect",        "effect_low",    "effect_high",      "tasks_drawn",
                "p_value",       "p_holm",        "p_beyond_margin",  "detectable",
                "tasks",         "seeds",         "test_examples",    "pairs",
                "cells",         "cells_failed",  "cells_missing",    "unusable_cells",
                "family",        "family_size",   "margin",           "pretraining_runs",
                "registered_at", "results_before"}};
  for (const ClaimResult& result : claims) rows.push_back(claim_fields(result));
  return rows;
}

CsvRows claims_by_task_table(const std::vector<ClaimResult>& claims) {
  CsvRows rows{{"claim", "metric", "task", "better", "worse", "relative_gain", "reference_better",
                "reference_worse", "effect", "effect_low", "effect_high", "test_examples", "seeds",
                "pairs"}};
  for (const ClaimResult& result : claims) {
    for (const ClaimOnTask& task : result.tasks) {
      CsvRow row{result.claim.name, result.metric, task.task};
      append_effect(row, result, task.scores, task.effect);
      for (const int64_t count : {task.effect.items, task.effect.seeds, task.pairs})
        row.push_back(csv_number(count));
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace dovetail
