// SPDX-License-Identifier: Apache-2.0
#include "store/plan_index.h"

#include <algorithm>
#include <string_view>

#include "base/error.h"

namespace dovetail {

namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

template <typename Jobs>
PlanIndex index_of_jobs(const Plan& plan, const Jobs& jobs) {
  PlanIndex index{.sweep_name = plan.sweep_name};
  index.jobs.reserve(jobs.size());
  for (const auto& job : jobs) index.jobs.push_back({job.key, job.kind, job.cost_seconds, 0});
  for (const Cell& cell : plan.cells) ++index.jobs.at(static_cast<size_t>(cell.job)).num_cells;
  return index;
}

}  // namespace

PlanIndex index_of(const Plan& plan) { return index_of_jobs(plan, plan.jobs); }
PlanIndex index_of(const PlanOutline& outline) { return index_of_jobs(outline.plan, outline.jobs); }

Json index_json(const PlanIndex& index) {
  std::string keys;
  std::vector<std::string> kinds;
  Json kind_of_job = Json::array(), costs = Json::array(), cells = Json::array();
  for (const PlanIndex::Entry& job : index.jobs) {
    keys += (keys.empty() ? "" : " ") + job.key;
    const std::string kind = to_string(job.kind);
    const auto known = std::ranges::find(kinds, kind);
    kind_of_job.push_back(known - kinds.begin());
    if (known == kinds.end()) kinds.push_back(kind);
    costs.push_back(job.cost_seconds);
    cells.push_back(job.num_cells);
  }
  return {{"sweep_name", index.sweep_name},   {"keys", std::move(keys)},
          {"kinds", std::move(kinds)},        {"kind", std::move(kind_of_job)},
          {"cost_seconds", std::move(costs)}, {"cells", std::move(cells)}};
}

PlanIndex index_from(const Json& json) {
  PlanIndex index{.sweep_name = json.at("sweep_name")};
  std::vector<std::string> keys = words_of(json.at("keys").get_ref<const std::string&>());
  std::vector<JobKind> kinds;
  for (const Json& name : json.at("kinds")) kinds.push_back(job_kind_from(name));
  const Json &kind = json.at("kind"), &costs = json.at("cost_seconds"), &cells = json.at("cells");
  if (kind.size() != keys.size() || costs.size() != keys.size() || cells.size() != keys.size()) {
    throw_<DataError>("an index of {} keys, {} kinds, {} costs and {} counts of cells", keys.size(),
                      kind.size(), costs.size(), cells.size());
  }
  index.jobs.reserve(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    index.jobs.push_back({std::move(keys[i]), kinds.at(kind[i].get<size_t>()),
                          costs[i].get<double>(), cells[i].get<int64_t>()});
  }
  return index;
}

}  // namespace dovetail
