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

Json registered_json(const ClaimResult& result) {
  if (!result.registered) return {};
  const ClaimRegistered& made = *result.registered;
  return {{"at", made.at},
          {"hash", made.hash},
          {"added_later", made.results_before > 0},
          {"results_before", made.results_before},
          {"earlier_forms", made.earlier_forms},
          {"text", registration_text(result)}};
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
          {"margin", result.claim.margin > 0 ? Json(result.claim.margin) : Json()},
          {"family", result.family},
          {"family_size", result.family_size},
          {"registered", registered_json(result)},
          {"about_starts", result.about_starts},
          {"pretraining_runs", result.about_starts ? Json(result.pretraining_runs) : Json()},
          {"pairs", result.pairs},
          {"seeds", result.seeds},
          {"test_examples", result.examples},
          {"cells", result.cells},
          {"cells_failed", result.cells_failed},
          {"cells_missing", result.cells_missing},
          {"unusable_cells", result.unusable},
          {"tasks_not_learned", result.not_learned},
          {"tasks", Json::array()}};
}

void add_effects(const ClaimResult& result, Json& json) {
  const Estimate& effect = result.effect.estimate;
  json["effect"] = {{"mean", effect.mean},
                    {"low", effect.low},
                    {"high", effect.high},
                    {"tasks_drawn", result.effect.tasks_drawn}};
  json["scores"] = scores_json(result, result.scores);
  const bool judged = result.verdict != ClaimVerdict::not_run;
  json["p_value"] = judged ? Json(result.effect.p_value) : Json();
  json["p_holm"] = judged ? Json(result.p_holm) : Json();
  json["p_beyond_margin"] = judged ? number_or_null(result.p_beyond) : Json();
  json["detectable"] = number_or_null(result.detectable);  // null too where it is infinite
  json["apart"] = Json::array();
  for (const ClaimApart& part : result.apart) {
    json["apart"].push_back(
        {{"label", part.label},
         {"effect",
          {{"mean", part.effect.mean}, {"low", part.effect.low}, {"high", part.effect.high}}},
         {"scores", scores_json(result, part.scores)},
         {"p_value", part.p_value}});
  }
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
