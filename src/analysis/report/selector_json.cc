// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/selector_json.h"

#include "analysis/report/estimate_json.h"

namespace dovetail {

namespace {

Json case_json(const SelectorCase& found) {
  const Selection& selection = found.selection;
  Json json{{"task", found.task},
            {"train_size", found.train_size},
            {"tuning", found.tuning},
            {"metric", found.metric}};
  if (!selection.absent.empty()) {
    json["absent"] = selection.absent;
    return json;
  }
  json["objective"] = selection.choice.objective;
  json["adaptation"] = selection.choice.adaptation;
  json["template"] = selection.choice.template_name;
  json["confidence"] = number_or_null(selection.confidence);
  json["reason"] = selection.reason;
  if (selection.value) {
    json["statistic"] = estimate_json(*selection.value);
    json["statistic"]["name"] = selection.statistic;
  }
  json["is_best"] = found.is_best;
  json["score"] = estimate_json(found.score);
  json["best_score"] = found.best_score;
  json["best"] = choice_text(found.best);
  json["regret"] = estimate_json(found.regret);
  return json;
}

void add_summary(const SelectorSummary& summary, Json& json) {
  json["regret"] = pooled_json(summary.regret);
  json["score"] = summary.score;
  json["labelled_examples"] = summary.examples;
  json["best_score"] = summary.best_score;
  json["times_best"] = summary.times_best;
  json["chance_of_best"] = summary.chance_of_best;
  json["cases_with_a_choice"] = summary.cases;
  for (const auto& [name, effect] : summary.against)
    json["better_than"][name] = pooled_json(effect);
  for (const auto& [name, effect] : summary.at_equal_labels)
    json["at_equal_labels"][name] = pooled_json(effect);
}

}  // namespace

Json selectors_json(const std::vector<SelectorResult>& selectors) {
  Json json = Json::array();
  for (const SelectorResult& result : selectors) {
    const Selector& selector = *result.selector;
    Json one{{"name", selector.name},
             {"source", selector.source},
             {"rule", selector.rule},
             {"baseline", selector.baseline},
             {"cases", Json::array()}};
    for (const SelectorCase& found : result.cases) one["cases"].push_back(case_json(found));
    if (result.summary) add_summary(*result.summary, one);
    json.push_back(std::move(one));
  }
  return json;
}

}  // namespace dovetail
