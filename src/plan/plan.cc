// SPDX-License-Identifier: Apache-2.0
#include "plan/plan.h"

#include "base/error.h"
#include "base/names.h"
#include "plan/plan_lists.h"

namespace dovetail {

std::string primary_metric_of(const Plan& plan, const std::string& task) {
  const auto known = plan.primary_metrics.find(task);
  if (known != plan.primary_metrics.end()) return known->second;
  for (const std::string& metric : plan.metrics) {
    if (!traits_of(plan.metric_traits, metric).corpus_level) return metric;
  }
  return "loss";
}

Json json_without_lists(const Plan& plan) {
  Json json = {{"sweep_name", plan.sweep_name},
               {"sweep_hash", plan.sweep_hash},
               {"sweep_text", plan.sweep_text},
               {"axis_labels", plan.axis_labels},
               {"metrics", plan.metrics},
               {"metric_traits", plan.metric_traits},
               {"primary_metrics", plan.primary_metrics},
               {"task_facts", plan.task_facts},
               {"traits", plan.traits},
               {"claims", plan.claims}};
  if (!plan.sources.empty()) json["sources"] = plan.sources;
  if (!plan.strata.empty()) json["strata"] = plan.strata;
  if (!plan.notes.empty()) json["notes"] = plan.notes;
  return json;
}

void read_all_but_lists(const Json& json, Plan& plan) {
  json.at("sweep_name").get_to(plan.sweep_name);
  json.at("sweep_hash").get_to(plan.sweep_hash);
  json.at("sweep_text").get_to(plan.sweep_text);
  json.at("axis_labels").get_to(plan.axis_labels);
  json.at("metrics").get_to(plan.metrics);
  json.at("metric_traits").get_to(plan.metric_traits);
  json.at("primary_metrics").get_to(plan.primary_metrics);
  json.at("task_facts").get_to(plan.task_facts);
  json.at("traits").get_to(plan.traits);
  json.at("claims").get_to(plan.claims);
  if (json.contains("sources")) json["sources"].get_to(plan.sources);
  if (json.contains("strata")) json["strata"].get_to(plan.strata);
  if (json.contains("notes")) json["notes"].get_to(plan.notes);
}

void to_json(Json& json, const Cell& cell) {
  json = {{"name", cell.name},
          {"coordinates", cell.coordinates},
          {"baseline", cell.baseline},
          {"job", cell.job}};
}

void from_json(const Json& json, Cell& cell) {
  json.at("name").get_to(cell.name);
  json.at("coordinates").get_to(cell.coordinates);
  json.at("baseline").get_to(cell.baseline);
  json.at("job").get_to(cell.job);
}

void check_cells(const Plan& plan, size_t num_jobs) {
  for (const std::vector<Cell>* cells : {&plan.cells, &plan.probes}) {
    for (const Cell& cell : *cells) {
      if (cell.job < 0 || cell.job >= static_cast<int64_t>(num_jobs))
        throw_<DataError>("cell {} names job {}, of {} jobs", cell.name, cell.job, num_jobs);
    }
  }
}

void to_json(Json& json, const Plan& plan) {
  json = json_without_lists(plan);
  json["cells"] = plan.cells;
  json["probes"] = plan.probes;
  json["jobs"] = plan.jobs;
}

void from_json(const Json& json, Plan& plan) {
  read_all_but_lists(json, plan);
  json.at("jobs").get_to(plan.jobs);
  json.at("cells").get_to(plan.cells);
  json.at("probes").get_to(plan.probes);
  check_cells(plan, plan.jobs.size());
}

Plan filter_plan(const Plan& plan, const std::string& glob) {
  Plan part = plan;
  const auto unwanted = [&](const Cell& cell) { return !glob_matches(glob, cell.name); };
  std::erase_if(part.cells, unwanted);
  std::erase_if(part.probes, unwanted);
  if (part.cells.empty()) {
    throw_<ConfigError>("the filter \"{}\" matches none of the {} cells; their names look like {}",
                        glob, plan.cells.size(), plan.cells.empty() ? "" : plan.cells[0].name);
  }
  std::vector<bool> needed(plan.jobs.size());
  for (const Cell& cell : part.cells) needed[cell.job] = true;
  for (const Cell& probe : part.probes) needed[probe.job] = true;
  for (size_t i = plan.jobs.size(); i-- > 0;) {
    if (!needed[i]) continue;
    for (const int64_t input : plan.jobs[i].inputs) needed[input] = true;
  }
  std::vector<int64_t> moved(plan.jobs.size());
  part.jobs.clear();
  for (size_t i = 0; i < plan.jobs.size(); ++i) {
    if (!needed[i]) continue;
    moved[i] = std::ssize(part.jobs);
    part.jobs.push_back(plan.jobs[i]);
    for (int64_t& input : part.jobs.back().inputs) input = moved[input];
  }
  for (Cell& cell : part.cells) cell.job = moved[cell.job];
  for (Cell& probe : part.probes) probe.job = moved[probe.job];
  return part;
}

}  // namespace dovetail
