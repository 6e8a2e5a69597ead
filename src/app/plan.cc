// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <memory>
#include <set>

#include "app/catalogues.h"
#include "app/commands.h"
#include "app/text_output.h"
#include "base/error.h"

namespace dovetail {

namespace {

struct PlanOptions {
  std::string sweep;
  std::string filter;
  std::vector<int> ranks{1, 2, 4};
  bool cells = false;
  bool json = false;
};

struct JobCount {
  int64_t jobs = 0;
  double seconds = 0;
};

std::map<std::string, JobCount> count_by_kind(const Plan& plan) {
  std::map<std::string, JobCount> counts;
  for (const Job& job : plan.jobs) {
    JobCount& count = counts[to_string(job.kind)];
    ++count.jobs;
    count.seconds += job.cost_seconds;
  }
  return counts;
}

// Jobs that more than one job or cell makes use of: each of them would run many times in a
// harness that runs cell by cell.
int64_t count_shared(const Plan& plan) {
  std::vector<int64_t> users(plan.jobs.size());
  for (const Job& job : plan.jobs) {
    for (const int64_t input : job.inputs) ++users[input];
  }
  for (const Cell& cell : plan.cells) ++users[cell.job];
  return std::count_if(users.begin(), users.end(), [](int64_t count) { return count > 1; });
}

Json plan_json(const Plan& plan, const std::vector<int>& ranks) {
  Json json = {{"sweep", plan.sweep_name},
               {"sweep_hash", plan.sweep_hash},
               {"cells", plan.cells.size()},
               {"jobs", plan.jobs.size()},
               {"shared_jobs", count_shared(plan)},
               {"kinds", Json::object()},
               {"makespan_seconds", Json::object()},
               {"cell_names", Json::array()}};
  for (const auto& [kind, count] : count_by_kind(plan)) {
    json["kinds"][kind] = {{"jobs", count.jobs}, {"cost_seconds", count.seconds}};
  }
  for (const int count : ranks) {
    json["makespan_seconds"][std::to_string(count)] = estimate_makespan(plan, count);
  }
  for (const Cell& cell : plan.cells) json["cell_names"].push_back(cell.name);
  return json;
}

void print_plan(const Plan& plan, const std::vector<int>& ranks) {
  fmt::print("{}: {} cells, {} jobs, {} of them shared\n\n", plan.sweep_name, plan.cells.size(),
             plan.jobs.size(), count_shared(plan));
  std::vector<std::vector<std::string>> axes;
  for (const char* axis : kAxes) {
    const auto labels = plan.axis_labels.find(axis);
    if (labels != plan.axis_labels.end()) axes.push_back({axis, join(labels->second, ", ")});
  }
  print_columns(axes);
  std::vector<std::vector<std::string>> kinds{{"", "jobs", "estimated cost"}};
  for (const auto& [kind, count] : count_by_kind(plan)) {
    kinds.push_back({kind, std::to_string(count.jobs), duration_text(count.seconds)});
  }
  fmt::print("\n");
  print_columns(kinds);
  fmt::print("\nestimated time:");
  for (size_t i = 0; i < ranks.size(); ++i) {
    fmt::print("{} {} on {} rank{}", i == 0 ? "" : ",", duration_text(estimate_makespan(plan, ranks[i])),
               ranks[i], ranks[i] == 1 ? "" : "s");
  }
  fmt::print("\n");
}

int plan(const PlanOptions& options) {
  const Plan plan = plan_sweep(options.sweep, options.filter).plan;
  if (options.json) {
    fmt::print("{}\n", plan_json(plan, options.ranks).dump(2));
  } else if (options.cells) {
    for (const Cell& cell : plan.cells) fmt::print("{}\n", cell.name);
  } else {
    print_plan(plan, options.ranks);
  }
  return kSuccess;
}

}  // namespace

void add_plan(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<PlanOptions>();
  CLI::App* command = app.add_subcommand("plan", "Say what a sweep would run; writes nothing");
  command->add_option("SWEEP", options->sweep, "Sweep file (TOML)")->required();
  command->add_option("--filter", options->filter, "Only the cells whose name matches this glob");
  command->add_option("--ranks", options->ranks, "Numbers of ranks to estimate the time for")
      ->delimiter(',')
      ->check(CLI::PositiveNumber);
  command->add_flag("--cells", options->cells, "Print the cell names, one a line");
  command->add_flag("--json", options->json, "For programs");
  command->footer("Example: dovetail plan sweeps/quickstart.toml --filter '*/wordnet.antonym/*'");
  command->callback([options, &chosen] { chosen = [options] { return plan(*options); }; });
}

}  // namespace dovetail
