// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/claim_tables.h"

#include "analysis/report/tables.h"
#include "analysis/report/words.h"
#include "base/names.h"

namespace dovetail {

namespace {

using Row = std::vector<std::string>;
using Rows = std::vector<Row>;

std::string optional_number(const std::optional<double>& value) {
  return value ? csv_number(*value) : "";
}

void append(Row& row, const ClaimResult& result, const SideScores& scores, const Estimate& effect) {
  row.insert(row.end(), {csv_number(scores.better), csv_number(scores.worse),
                         optional_number(scores.relative(result.higher_is_better)),
                         optional_number(scores.reference_better), optional_number(scores.reference_worse),
                         csv_number(effect.mean), csv_number(effect.low), csv_number(effect.high)});
}

Json estimate_json(const Estimate& estimate) {
  return {{"mean", estimate.mean},
          {"low", estimate.low},
          {"high", estimate.high},
          {"items", estimate.items},
          {"seeds", estimate.seeds}};
}

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json scores_json(const ClaimResult& result, const SideScores& scores) {
  return {{"better", scores.better},
          {"worse", scores.worse},
          {"relative_gain", or_null(scores.relative(result.higher_is_better))},
          {"reference_better", or_null(scores.reference_better)},
          {"reference_worse", or_null(scores.reference_worse)}};
}

Json one_claim(const ClaimResult& result) {
  Json json{{"name", result.claim.name},
            {"source", result.claim.source},
            {"metric", result.metric},
            {"reduce", result.claim.reduce},
            {"at_least", result.claim.at_least},
            {"higher_is_better", result.higher_is_better},
            {"verdict", to_string(result.verdict)},
            {"text", explain(result)},
            {"reason", result.reason},
            {"pairs", result.pairs},
            {"seeds", result.seeds},
            {"test_examples", result.examples},
            {"cells", result.cells},
            {"cells_failed", result.cells_failed},
            {"cells_missing", result.cells_missing},
            {"unusable_cells", result.unusable},
            {"tasks", Json::array()}};
  if (result.tasks.empty()) return json;
  json["effect"] = {{"mean", result.effect.estimate.mean},
                    {"low", result.effect.estimate.low},
                    {"high", result.effect.estimate.high},
                    {"tasks_resampled", result.effect.tasks_resampled}};
  json["scores"] = scores_json(result, result.scores);
  const bool judged = result.verdict != ClaimVerdict::not_run;
  json["p_value"] = judged ? Json(result.effect.p_value) : Json();
  json["p_holm"] = judged ? Json(result.p_holm) : Json();
  for (const ClaimOnTask& task : result.tasks) {
    json["tasks"].push_back({{"task", task.task},
                             {"effect", estimate_json(task.effect)},
                             {"scores", scores_json(result, task.scores)},
                             {"pairs", task.pairs}});
  }
  return json;
}

}  // namespace

std::string claims_table(const Analysis& analysis) {
  Rows rows{{"claim",           "source",      "metric", "reduce",       "at_least",
             "verdict",         "reason",      "better", "worse",        "relative_gain",
             "reference_better",    "reference_worse", "effect", "effect_low",   "effect_high",
             "tasks_resampled", "p_value",     "p_holm", "tasks",        "seeds",
             "test_examples",   "pairs",       "cells",  "cells_failed", "cells_missing",
             "unusable_cells"}};
  for (const ClaimResult& result : analysis.claims) {
    Row row{result.claim.name,
            result.claim.source,
            result.metric,
            result.claim.reduce,
            csv_number(result.claim.at_least),
            to_string(result.verdict),
            result.reason};
    if (result.tasks.empty()) {
      row.resize(18);
    } else {
      append(row, result, result.scores, result.effect.estimate);
      const bool judged = result.verdict != ClaimVerdict::not_run;
      row.insert(row.end(), {result.effect.tasks_resampled ? "yes" : "no",
                             judged ? csv_number(result.effect.p_value) : "",
                             judged ? csv_number(result.p_holm) : ""});
    }
    for (const int64_t count :
         {static_cast<int64_t>(result.tasks.size()), result.seeds, result.examples, result.pairs,
          result.cells, result.cells_failed, result.cells_missing}) {
      row.push_back(std::to_string(count));
    }
    row.push_back(join(result.unusable, "; "));
    rows.push_back(std::move(row));
  }
  return csv_table(rows);
}

std::string claims_by_task_table(const Analysis& analysis) {
  Rows rows{{"claim", "metric", "task", "better", "worse", "relative_gain", "reference_better",
             "reference_worse", "effect", "effect_low", "effect_high", "test_examples", "seeds",
             "pairs"}};
  for (const ClaimResult& result : analysis.claims) {
    for (const ClaimOnTask& task : result.tasks) {
      Row row{result.claim.name, result.metric, task.task};
      append(row, result, task.scores, task.effect);
      for (const int64_t count : {task.effect.items, task.effect.seeds, task.pairs})
        row.push_back(std::to_string(count));
      rows.push_back(std::move(row));
    }
  }
  return csv_table(rows);
}

Json claims_json(const Analysis& analysis) {
  Json json = Json::array();
  for (const ClaimResult& result : analysis.claims) json.push_back(one_claim(result));
  return json;
}

}  // namespace dovetail
