// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/decision_json.h"

#include <cmath>

#include "analysis/report/claim_json.h"
#include "analysis/report/decision_words.h"
#include "analysis/report/estimate_json.h"
#include "analysis/report/number_text.h"
#include "analysis/report/selector_json.h"
#include "analysis/report/use_words.h"

namespace dovetail {

namespace {

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
            {"total_seconds", choice.cost.total()},
            {"declared_seconds", choice.declared_seconds}}}};
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
  json["relative_gain"] = number_or_null(comparison.relative_gain);
  json["measurable"] = comparison.better() || comparison.worse();
  json["total_seconds"] = comparison.seconds;
  return json;
}

Json use_json(const Decision& decision) {
  const Use& use = decision.use;
  Json json{{"text", use_text(decision)},
            {"reason", to_string(use.reason)},
            {"choice", use.choice ? choice_json(*use.choice) : Json()},
            {"score", estimate_json(use.score)},
            {"highest_score", use.highest},
            {"margin", use.margin},
            {"detectable_difference", number_or_null(use.detectable)},
            {"examples_needed", Json()}};
  if (use.examples_needed) json["examples_needed"] = *use.examples_needed;
  return json;
}

Json global_test_json(const Decision& decision) {
  const GlobalTest& test = decision.differ;
  return {{"f", std::isfinite(test.f) ? Json(test.f) : Json()},
          {"degrees", {test.degrees_above, test.degrees_below}},
          {"p_value", test.p_value},
          {"runs_known", test.runs_known},
          {"differ", cells_differ(decision)}};
}

Json single_decision_json(const Decision& decision, const ShownExamples& shown) {
  Json json{{"task", decision.task},
            {"train_size", decision.train_size},
            {"metric", decision.metric},
            {"verdict", to_string(decision.verdict)},
            {"use", use_json(decision)},
            {"text", explain(decision)},
            {"recommended", choice_json(decision.recommended)},
            {"score", estimate_json(decision.honest_score)},
            {"optimism", decision.optimism},
            {"over_runs", decision.over_runs},
            {"cells_differ", global_test_json(decision)},
            {"higher_is_better", decision.higher_is_better},
            {"cross_fitted", decision.cross_fitted},
            {"candidates", decision.candidates},
            {"candidates_planned", decision.candidates_planned},
            {"times_chosen", decision.times_chosen},
            {"halves", decision.halves},
            {"chosen_by", decision.by_validation ? "validation" : "test"},
            {"comparisons", Json::array()},
            {"cheaper", Json()}};
  for (const auto& [metric, estimate] : decision.other_metrics) {
    json["metrics_on_all"][metric] = estimate_json(estimate);
  }
  for (const Comparison& comparison : decision.comparisons) {
    json["comparisons"].push_back(comparison_json(comparison));
  }
  json["examples"] = {{"cell", shown.cell}, {"answers", Json::array()}};
  for (const AnsweredExample& example : shown.answered)
    json["examples"]["answers"].push_back(answered_json(example));
  if (decision.cheaper) {
    json["cheaper"] = choice_json(*decision.cheaper);
    json["cheaper"]["lead_of_recommended"] = estimate_json(decision.cheaper_lead);
  }
  return json;
}

// A point for each metric of each group: the learning curves, and the cells of the heat maps.
Json points_json(const std::vector<GroupRow>& groups) {
  Json points = Json::array();
  for (const GroupRow& group : groups) {
    for (const auto& [metric, estimate] : group.scores) {
      Json point = estimate_json(estimate);
      point.update({{"baseline", group.baseline},
                    {"objective", group.start},
                    {"task", group.task},
                    {"template", group.template_name},
                    {"tuning", group.tuning},
                    {"train_size", group.train_size},
                    {"metric", metric},
                    {"seeds_planned", group.seeds_planned},
                    {"seeds_failed", group.seeds_failed}});
      points.push_back(std::move(point));
    }
  }
  return points;
}

Json training_curves_json(const std::vector<TrainingCurve>& curves) {
  Json json = Json::array();
  for (const TrainingCurve& curve : curves)
    json.push_back({{"name", curve.name}, {"job", curve.job}, {"points", curve.points}});
  return json;
}

Json tuning_costs_json(const std::vector<TuningCost>& costs) {
  Json json = Json::array();
  for (const TuningCost& cost : costs) {
    json.push_back({{"tuning", cost.tuning},
                    {"train_size", cost.train_size},
                    {"cells", cost.cells},
                    {"wall_seconds", cost.wall_seconds},
                    {"cpu_seconds", cost.cpu_seconds},
                    {"train_steps", cost.steps},
                    {"train_tokens", cost.tokens},
                    {"padding_fraction", cost.padding_fraction},
                    {"peak_bytes", cost.peak_bytes},
                    {"all_wall_seconds", cost.all_wall_seconds}});
  }
  return json;
}

Json method_json(const DecisionOptions& options) {
  return {{"interval", "Student's t over test examples and runs, paired; docs/statistics.md"},
          {"confidence", options.intervals.confidence},
          {"resamples", options.bootstrap.resamples},
          {"bootstrap_seed", options.bootstrap.seed},
          {"selection", "optimism, cross-fitted on random halves of runs and test examples"},
          {"splits", options.cross_fit.splits},
          {"equivalence_margin", options.equivalence_margin},
          {"cost", "wall seconds: upstream jobs in full, plus tuning as the mean over seeds"},
          {"conventional_template", options.conventional_template},
          {"conventional_tuning", options.conventional_tuning}};
}

// The sweep, its axes and the state of its run.
Json run_json(const ReportModel& model) {
  const RunFacts& facts = model.facts;
  Json metric_names = Json::object();
  for (const std::string& metric : model.metrics) metric_names[metric] = metric_text(metric);
  Json json{
      {"format", "dovetail-decisions"},
      {"version", 1},
      {"sweep", model.sweep_name},
      {"sweep_hash", model.sweep_hash},
      {"sweep_text", model.sweep_text},
      {"complete", facts.cells_finished == facts.cells},
      {"cells",
       {{"total", facts.cells},
        {"finished", facts.cells_finished},
        {"failed", facts.cells_failed},
        {"missing", facts.cells_missing}}},
      {"jobs",
       {{"total", facts.jobs}, {"finished", facts.jobs_finished}, {"failed", facts.jobs_failed}}},
      {"job_seconds", facts.job_seconds},
      {"seeds", model.labels("seed")},
      {"axes", model.axis_labels},
      {"objectives", model.starts},
      {"metrics", model.metrics},
      {"metric_names", metric_names},
      {"primary_metric", model.primary_metric},
      {"has_probes", model.has_probes},
      {"provenance", Json::object()}};
  for (const auto& [key, values] : facts.provenance) json["provenance"][key] = values;
  return json;
}

}  // namespace

Json decision_json(const ReportModel& model) {
  Json json = run_json(model);
  json.update({{"method", method_json(model.options)},
               {"lessons", model.lessons},
               {"caveats", model.caveats},
               {"decisions", Json::array()},
               {"points", points_json(model.groups)},
               {"training_curves", training_curves_json(model.training_curves)},
               {"claims", claims_json(model.claims)},
               {"selectors", selectors_json(model.selectors)},
               {"costs_by_tuning", tuning_costs_json(model.tuning_costs)}});
  for (size_t i = 0; i < model.decisions.size(); ++i)
    json["decisions"].push_back(single_decision_json(model.decisions[i], model.examples[i]));
  return json;
}

}  // namespace dovetail
