// SPDX-License-Identifier: Apache-2.0
#include "store/results/results_provenance.h"

#include <unordered_map>

#include "base/parallel.h"

namespace dovetail {

namespace {

// Numbers distinct environments in the order of their first use. Even a sweep of a hundred thousand
// cells has only a few.
struct Environments {
  std::vector<std::string> texts;
  std::unordered_map<std::string, int32_t> numbers;

  std::vector<int32_t> numbers_of(const std::vector<ResultRow>& rows) {
    std::vector<std::string> dumped(rows.size());
    parallel_for(std::ssize(rows), 256, [&](int64_t i) {
      if (rows[i].record)
        dumped[i] = rows[i].record->provenance.dump(-1, ' ', false, Json::error_handler_t::replace);
    });
    std::vector<int32_t> column;
    for (std::string& text : dumped) {
      if (text.empty()) {
        column.push_back(-1);
        continue;
      }
      const auto [known, is_new] = numbers.try_emplace(text, static_cast<int32_t>(texts.size()));
      if (is_new) texts.push_back(std::move(text));
      column.push_back(known->second);
    }
    return column;
  }
};

std::string plan_facts(const ResultContents& contents) {
  const Plan& plan = contents.plan;
  std::map<std::string, int64_t> jobs;
  for (const JobName& job : contents.jobs) ++jobs[to_string(job.kind)];
  const Json facts = {{"sweep", plan.sweep_name},
                      {"sweep_hash", plan.sweep_hash},
                      {"result_version", kResultVersion},
                      {"num_cells", plan.cells.size()},
                      {"num_finished_cells", contents.num_finished_cells},
                      {"num_jobs", jobs},
                      {"metrics", plan.metrics},
                      {"axes", plan.axis_labels}};
  return facts.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

void write_provenance(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents) {
  Environments environments;
  const std::vector<int32_t> of_cells = environments.numbers_of(contents.cells);
  const std::vector<int32_t> of_jobs = environments.numbers_of(contents.shared_jobs);

  NetcdfGroup group(file, "provenance", log);
  group.add_text("sweep_toml", contents.plan.sweep_text);
  group.add_text("sweep_hash", contents.plan.sweep_hash);
  group.add_text("plan", plan_facts(contents));
  group.add_dimension("environment_number", std::ssize(environments.texts));
  group.add_dimension("cell", std::ssize(of_cells));
  group.add_dimension("job", std::ssize(of_jobs));
  group.add_strings("environment", "environment_number",
                    {environments.texts.begin(), environments.texts.end()});
  group.add("cell_environment", {"cell"}, of_cells);
  group.add("job_environment", {"job"}, of_jobs);
}

}  // namespace dovetail
