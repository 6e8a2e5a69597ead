// SPDX-License-Identifier: Apache-2.0
#include "plan/plan.h"

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace {

Json to_array(const std::vector<Cell>& cells) {
  Json array = Json::array();
  for (const Cell& cell : cells) {
    array.push_back({{"name", cell.name},
                     {"coordinates", cell.coordinates},
                     {"baseline", cell.baseline},
                     {"job", cell.job}});
  }
  return array;
}

std::vector<Cell> from_array(const Json& array, size_t num_jobs) {
  std::vector<Cell> cells;
  for (const Json& item : array) {
    Cell cell;
    item.at("name").get_to(cell.name);
    item.at("coordinates").get_to(cell.coordinates);
    item.at("baseline").get_to(cell.baseline);
    item.at("job").get_to(cell.job);
    if (cell.job < 0 || cell.job >= static_cast<int64_t>(num_jobs)) {
      throw_<DataError>("cell {} names job {}, of {} jobs", cell.name, cell.job, num_jobs);
    }
    cells.push_back(std::move(cell));
  }
  return cells;
}

}  // namespace

void to_json(Json& json, const AxisTraits& traits) {
  json = {{"fills", traits.fills}, {"says_relation", traits.says_relation}, {"form", traits.form}};
}

void from_json(const Json& json, AxisTraits& traits) {
  json.at("fills").get_to(traits.fills);
  json.at("says_relation").get_to(traits.says_relation);
  json.at("form").get_to(traits.form);
}

void to_json(Json& json, const Plan& plan) {
  json = {{"sweep_name", plan.sweep_name},
          {"sweep_hash", plan.sweep_hash},
          {"sweep_text", plan.sweep_text},
          {"axis_labels", plan.axis_labels},
          {"metrics", plan.metrics},
          {"lower_is_better", plan.lower_is_better},
          {"set_metrics", plan.set_metrics},
          {"cells", to_array(plan.cells)},
          {"probes", to_array(plan.probes)},
          {"task_facts", plan.task_facts},
          {"traits", plan.traits},
          {"claims", plan.claims},
          {"jobs", plan.jobs}};
}

void from_json(const Json& json, Plan& plan) {
  json.at("sweep_name").get_to(plan.sweep_name);
  json.at("sweep_hash").get_to(plan.sweep_hash);
  json.at("sweep_text").get_to(plan.sweep_text);
  json.at("axis_labels").get_to(plan.axis_labels);
  json.at("metrics").get_to(plan.metrics);
  json.at("jobs").get_to(plan.jobs);
  plan.cells = from_array(json.at("cells"), plan.jobs.size());
  // an older version wrote plans without these
  plan.probes = from_array(json.value("probes", Json::array()), plan.jobs.size());
  plan.task_facts = json.value("task_facts", Json::object());
  if (json.contains("lower_is_better")) json.at("lower_is_better").get_to(plan.lower_is_better);
  if (json.contains("set_metrics")) json.at("set_metrics").get_to(plan.set_metrics);
  if (json.contains("traits")) json.at("traits").get_to(plan.traits);
  if (json.contains("claims")) json.at("claims").get_to(plan.claims);
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
