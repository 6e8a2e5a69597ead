// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/regret_tables.h"

#include "analysis/report/tables.h"
#include "analysis/report/words.h"

namespace dovetail {

namespace {

using Row = std::vector<std::string>;
using Rows = std::vector<Row>;

std::vector<std::string> baselines() {
  std::vector<std::string> names;
  for (const Selector& selector : selectors()) {
    if (selector.baseline) names.push_back(selector.name);
  }
  return names;
}

void append(Row& row, const Estimate& estimate) {
  for (const double value : {estimate.mean, estimate.low, estimate.high})
    row.push_back(csv_number(value));
}

Json estimate_json(const Estimate& estimate) {
  return {{"mean", estimate.mean}, {"low", estimate.low}, {"high", estimate.high}};
}

Json pooled_json(const PooledEffect& effect) {
  Json json = estimate_json(effect.estimate);
  json["tasks"] = effect.tasks;
  json["tasks_resampled"] = effect.tasks_resampled;
  json["p_value"] = effect.p_value;
  return json;
}

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
  json["confidence"] = selection.confidence ? Json(*selection.confidence) : Json();
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

}  // namespace

std::string selectors_table(const Analysis& analysis) {
  Rows rows{{"selector", "source", "is_baseline", "tasks", "cases", "times_best", "chance_of_best",
             "score", "best_score", "labelled_examples", "regret", "regret_low", "regret_high",
             "tasks_resampled"}};
  for (const std::string& name : baselines()) {
    for (const char* part : {"", "_low", "_high"}) rows[0].push_back("better_than_" + name + part);
  }
  for (const SelectorResult& result : analysis.selectors) {
    Row row{result.selector->name, result.selector->source,
            result.selector->baseline ? "yes" : "no"};
    if (const auto& s = result.summary) {
      row.insert(row.end(),
                 {std::to_string(s->regret.tasks), std::to_string(s->cases),
                  std::to_string(s->times_best), csv_number(s->chance_of_best),
                  csv_number(s->score), csv_number(s->best_score), csv_number(s->examples)});
      append(row, s->regret.estimate);
      row.emplace_back(s->regret.tasks_resampled ? "yes" : "no");
      for (const std::string& name : baselines()) {
        const auto against = s->against.find(name);
        if (against == s->against.end())
          row.insert(row.end(), 3, "");
        else
          append(row, against->second.estimate);
      }
    }
    row.resize(rows[0].size());
    rows.push_back(std::move(row));
  }
  return csv_table(rows);
}

std::string selectors_by_task_table(const Analysis& analysis) {
  Rows rows{{"selector",   "task",     "train_size", "tuning",      "metric", "objective",
             "adaptation", "template", "confidence", "statistic",   "value",  "value_low",
             "value_high", "score",    "score_low",  "score_high",  "best",   "best_score",
             "is_best",    "regret",   "regret_low", "regret_high", "reason", "absent"}};
  for (const SelectorResult& result : analysis.selectors) {
    for (const SelectorCase& found : result.cases) {
      const Selection& selection = found.selection;
      Row row{result.selector->name, found.task, found.train_size, found.tuning, found.metric};
      if (selection.absent.empty()) {
        const Candidate& choice = selection.choice;
        row.insert(row.end(), {choice.objective, choice.adaptation, choice.template_name,
                               selection.confidence ? csv_number(*selection.confidence) : "",
                               selection.statistic});
        if (selection.value)
          append(row, *selection.value);
        else
          row.insert(row.end(), 3, "");
        append(row, found.score);
        row.insert(row.end(), {choice_text(found.best), csv_number(found.best_score),
                               found.is_best ? "yes" : "no"});
        append(row, found.regret);
      }
      row.resize(rows[0].size() - 2);
      row.insert(row.end(), {selection.absent.empty() ? selection.reason : "", selection.absent});
      rows.push_back(std::move(row));
    }
  }
  return csv_table(rows);
}

Json selectors_json(const Analysis& analysis) {
  Json json = Json::array();
  for (const SelectorResult& result : analysis.selectors) {
    const Selector& selector = *result.selector;
    Json one{{"name", selector.name},
             {"source", selector.source},
             {"rule", selector.rule},
             {"baseline", selector.baseline},
             {"cases", Json::array()}};
    for (const SelectorCase& found : result.cases) one["cases"].push_back(case_json(found));
    if (const auto& summary = result.summary) {
      one["regret"] = pooled_json(summary->regret);
      one["score"] = summary->score;
      one["labelled_examples"] = summary->examples;
      one["best_score"] = summary->best_score;
      one["times_best"] = summary->times_best;
      one["chance_of_best"] = summary->chance_of_best;
      for (const auto& [name, effect] : summary->against)
        one["better_than"][name] = pooled_json(effect);
    }
    json.push_back(std::move(one));
  }
  return json;
}

}  // namespace dovetail
