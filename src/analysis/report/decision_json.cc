// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/decision_json.h"

#include "analysis/report/claim_tables.h"
#include "analysis/report/regret_tables.h"
#include "analysis/report/words.h"

namespace dovetail {

namespace {

Json estimate_json(const Estimate& estimate) {
  return {{"mean", estimate.mean},
          {"low", estimate.low},
          {"high", estimate.high},
          {"items", estimate.items},
          {"seeds", estimate.seeds}};
}

Json choice_json(const Choice& choice) {
  return {{"text", choice.text},
          {"baseline", choice.baseline},
          {"objective", choice.objective},
          {"adaptation", choice.adaptation},
          {"template", choice.template_name},
          {"tuning", choice.tuning},
          {"cells", choice.cells},
          {"score_on_all", estimate_json(choice.score)},
          {"cost",
           {{"tune_seconds", choice.cost.tune_seconds},
            {"upstream_seconds", choice.cost.upstream_seconds},
            {"total_seconds", choice.cost.total()}}}};
}

Json comparison_json(const Comparison& comparison) {
  Json json{
      {"name", comparison.name}, {"label", comparison.label}, {"decisive", comparison.decisive}};
  if (!comparison.absent.empty()) {
    json["absent"] = comparison.absent;
    return json;
  }
  json["same_as_recommended"] = comparison.same;
  json["against"] = comparison.against;
  json["cells"] = comparison.cells;
  json["score"] = estimate_json(comparison.score);
  json["gain"] = estimate_json(comparison.gain);
  json["relative_gain"] = comparison.relative_gain ? Json(*comparison.relative_gain) : Json();
  json["measurable"] = comparison.better() || comparison.worse();
  json["total_seconds"] = comparison.seconds;
  return json;
}

Json one_decision(const Decision& decision) {
  Json json{{"task", decision.task},
            {"train_size", decision.train_size},
            {"metric", decision.metric},
            {"verdict", to_string(decision.verdict)},
            {"text", explain(decision)},
            {"recommended", choice_json(decision.recommended)},
            {"score", estimate_json(decision.honest_score)},
            {"cross_fitted", decision.cross_fitted},
            {"candidates", decision.candidates},
            {"candidates_planned", decision.candidates_planned},
            {"times_chosen", decision.times_chosen},
            {"halves", decision.halves},
            {"comparisons", Json::array()},
            {"cheaper", Json()}};
  for (const auto& [metric, estimate] : decision.other_metrics) {
    json["metrics_on_all"][metric] = estimate_json(estimate);
  }
  for (const Comparison& comparison : decision.comparisons) {
    json["comparisons"].push_back(comparison_json(comparison));
  }
  if (decision.cheaper) {
    json["cheaper"] = choice_json(*decision.cheaper);
    json["cheaper"]["lead_of_recommended"] = estimate_json(decision.cheaper_lead);
  }
  return json;
}

}  // namespace

Json decision_json(const Analysis& analysis) {
  const RunFacts& facts = analysis.facts;
  const BootstrapOptions& bootstrap = analysis.options.bootstrap;
  Json json{{"format", "dovetail-decisions"},
            {"version", 1},
            {"sweep", analysis.plan->sweep_name},
            {"sweep_hash", analysis.plan->sweep_hash},
            {"complete", facts.cells_finished == facts.cells},
            {"cells",
             {{"total", facts.cells},
              {"finished", facts.cells_finished},
              {"failed", facts.cells_failed},
              {"missing", facts.cells_missing}}},
            {"seeds", analysis.labels("seed")},
            {"metrics", analysis.plan->metrics},
            {"provenance", Json::object()},
            {"method",
             {{"interval", "percentile bootstrap over test examples and seeds, paired"},
              {"confidence", bootstrap.confidence},
              {"resamples", bootstrap.resamples},
              {"bootstrap_seed", bootstrap.seed},
              {"selection", "cross-fitted on random halves of the test examples"},
              {"splits", analysis.options.cross_fit.splits},
              {"cost", "wall seconds: upstream jobs in full, plus tuning as the mean over seeds"}}},
            {"lessons", lessons(analysis)},
            {"caveats", caveats(analysis)},
            {"decisions", Json::array()},
            {"claims", claims_json(analysis)},
            {"selectors", selectors_json(analysis)}};
  for (const auto& [key, values] : facts.provenance) json["provenance"][key] = values;
  for (const Decision& decision : analysis.decisions)
    json["decisions"].push_back(one_decision(decision));
  return json;
}

}  // namespace dovetail
