// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/claim_json.h"

#include "analysis/report/claim_words.h"
#include "analysis/report/estimate_json.h"

namespace dovetail {

namespace {

Json scores_json(const ClaimResult& result, const SideScores& scores) {
  return {{"better", scores.better},
          {"worse", scores.worse},
          {"relative_gain", number_or_null(scores.relative(result.higher_is_better))},
          {"reference_better", number_or_null(scores.reference_better)},
          {"reference_worse", number_or_null(scores.reference_worse)}};
}

Json claim_json(const ClaimResult& result) {
  return {{"name", result.claim.name},
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
}

void add_effects(const ClaimResult& result, Json& json) {
  const Estimate& effect = result.effect.estimate;
  json["effect"] = {{"mean", effect.mean},
                    {"low", effect.low},
                    {"high", effect.high},
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
}

}  // namespace

Json claims_json(const std::vector<ClaimResult>& claims) {
  Json json = Json::array();
  for (const ClaimResult& result : claims) {
    json.push_back(claim_json(result));
    if (!result.tasks.empty()) add_effects(result, json.back());
  }
  return json;
}

}  // namespace dovetail
