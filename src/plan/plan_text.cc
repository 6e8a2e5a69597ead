// SPDX-License-Identifier: Apache-2.0
#include "plan/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

#include "base/names.h"
#include "plan/makespan.h"
#include "plan/pretraining_text.h"

namespace dovetail {

namespace {

struct Total {
  int64_t count = 0;
  double seconds = 0;
};

std::vector<std::pair<JobKind, Total>> totals_by_kind(const std::vector<Job>& jobs) {
  std::map<JobKind, Total> totals;
  for (const Job& job : jobs) {
    ++totals[job.kind].count;
    totals[job.kind].seconds += job.cost_seconds;
  }
  return {totals.begin(), totals.end()};
}

std::string kind_of(const Plan& plan, const Cell& cell) {
  return cell.baseline.empty() ? to_string(plan.jobs[cell.job].kind) : "baseline " + cell.baseline;
}

std::map<std::string, int64_t> cells_by_kind(const Plan& plan) {
  std::map<std::string, int64_t> counts;
  for (const Cell& cell : plan.cells) ++counts[kind_of(plan, cell)];
  return counts;
}

std::set<int> worker_counts(int workers) { return {1, 2, workers}; }

// Lists vocabularies and pre-trainings one by one, and counts the many small shared jobs.
void write_shared(std::back_insert_iterator<std::string> out, const Plan& plan) {
  const std::vector<int64_t> counts = cells_by_job(plan);
  std::map<std::pair<JobKind, int64_t>, Total> others;
  fmt::format_to(out, "\nshared jobs, each run once\n");
  bool any = false;
  for (size_t i = 0; i < plan.jobs.size(); ++i) {
    const Job& job = plan.jobs[i];
    if (counts[i] < 2) continue;
    any = true;
    if (job.kind == JobKind::tokenizer || job.kind == JobKind::pretrain) {
      fmt::format_to(out, "  {:<40} for {:>6} cells   {}\n", job.name, counts[i],
                     readable_seconds(job.cost_seconds));
    } else {
      Total& total = others[{job.kind, counts[i]}];
      ++total.count;
      total.seconds += job.cost_seconds;
    }
  }
  for (const auto& [group, total] : others) {
    fmt::format_to(out, "  {:<40} for {:>6} cells   {}\n",
                   fmt::format("{} {} jobs, each", total.count, to_string(group.first)),
                   group.second, readable_seconds(total.seconds));
  }
  if (!any) fmt::format_to(out, "  none\n");
}

// Cells that a rank may train in shared passes; nothing for a sweep without such cells.
void write_groups(std::back_insert_iterator<std::string> out, const Plan& plan) {
  std::map<std::string, int64_t> cells;  // by the frozen model that they share
  double most_bytes = 0;
  for (const Job& job : plan.jobs) {
    if (job.sharing.empty()) continue;
    ++cells[job.sharing];
    most_bytes = std::max(most_bytes, job.group_bytes);
  }
  int64_t together = 0, models = 0;
  for (const auto& [model, count] : cells) {
    if (count < 2) continue;
    together += count;
    ++models;
  }
  if (models == 0) return;
  fmt::format_to(out,
                 "\ncells that may train side by side\n  {} tune jobs around {} frozen {}; a rank "
                 "takes up to --group-size of run at once,\n  of up to {:.0f} MB each beside the "
                 "model, within --group-memory of run\n",
                 together, models, models == 1 ? "model" : "models", std::ceil(most_bytes / 1e6));
}

}  // namespace

std::vector<int64_t> cells_by_job(const Plan& plan) {
  std::vector<int64_t> counts(plan.jobs.size());
  for (const Cell& cell : plan.cells) {
    std::set<int64_t> needed;
    std::vector<int64_t> open = {cell.job};
    while (!open.empty()) {
      const int64_t job = open.back();
      open.pop_back();
      if (!needed.insert(job).second) continue;
      open.insert(open.end(), plan.jobs[job].inputs.begin(), plan.jobs[job].inputs.end());
    }
    for (const int64_t job : needed) ++counts[job];
  }
  return counts;
}

std::string readable_seconds(double seconds) {
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  if (whole < 86400) return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
  return fmt::format("{} d {} h", whole / 86400, whole % 86400 / 3600);
}

std::string plan_text(const Plan& plan, int workers, bool list_cells) {
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "sweep {}: {} cells, {} jobs\n\naxes\n", plan.sweep_name, plan.cells.size(),
                 plan.jobs.size());
  for (const char* axis : kAxes) {
    const auto labels = plan.axis_labels.find(axis);
    if (labels == plan.axis_labels.end()) continue;
    fmt::format_to(out, "  {:<12}{:>4}   {}\n", axis, labels->second.size(),
                   join(labels->second, ", "));
  }
  fmt::format_to(out, "\ncells\n");
  for (const auto& [kind, count] : cells_by_kind(plan)) {
    fmt::format_to(out, "  {:<24}{:>8}\n", kind, count);
  }
  fmt::format_to(out, "\njobs                             estimate, one thread\n");
  for (const auto& [kind, total] : totals_by_kind(plan.jobs)) {
    fmt::format_to(out, "  {:<24}{:>8}   {}\n", to_string(kind), total.count,
                   readable_seconds(total.seconds));
  }
  fmt::format_to(out, "  {:<24}{:>8}   {}\n", "all", plan.jobs.size(),
                 readable_seconds(total_seconds(plan.jobs)));
  write_shared(out, plan);
  write_groups(out, plan);
  text += pretraining_text(plan);
  fmt::format_to(out, "\nfrom start to end, estimated\n");
  for (const int count : worker_counts(workers)) {
    fmt::format_to(out, "  {:>6} worker{}   {}\n", count, count == 1 ? " " : "s",
                   readable_seconds(estimate_makespan(plan, count)));
  }
  if (!plan.notes.empty()) fmt::format_to(out, "\nnotes\n");
  for (const std::string& note : plan.notes) fmt::format_to(out, "  {}\n", note);
  if (list_cells) {
    fmt::format_to(out, "\nnames of the cells\n");
    for (const Cell& cell : plan.cells) fmt::format_to(out, "  {}\n", cell.name);
  }
  return text;
}

Json plan_json(const Plan& plan, int workers) {
  const std::vector<int64_t> counts = cells_by_job(plan);
  Json cells = Json::array(), jobs = Json::array(), by_kind = Json::object();
  Json makespans = Json::array();
  for (const Cell& cell : plan.cells) {
    cells.push_back(
        {{"name", cell.name}, {"kind", kind_of(plan, cell)}, {"job", plan.jobs[cell.job].key}});
  }
  for (size_t i = 0; i < plan.jobs.size(); ++i) {
    const Job& job = plan.jobs[i];
    jobs.push_back({{"key", job.key},
                    {"kind", to_string(job.kind)},
                    {"name", job.name},
                    {"inputs", job.input_keys},
                    {"num_cells", counts[i]},
                    {"cost_seconds", job.cost_seconds}});
    if (!job.spending.empty()) jobs.back()["spending"] = job.spending;
  }
  for (const auto& [kind, total] : totals_by_kind(plan.jobs)) {
    by_kind[to_string(kind)] = {{"num_jobs", total.count}, {"cost_seconds", total.seconds}};
  }
  for (const int count : worker_counts(workers)) {
    makespans.push_back({{"workers", count}, {"seconds", estimate_makespan(plan, count)}});
  }
  return {{"sweep", plan.sweep_name},
          {"sweep_hash", plan.sweep_hash},
          {"axes", plan.axis_labels},
          {"num_cells", plan.cells.size()},
          {"cells_by_kind", cells_by_kind(plan)},
          {"cells", std::move(cells)},
          {"num_jobs", plan.jobs.size()},
          {"jobs_by_kind", std::move(by_kind)},
          {"jobs", std::move(jobs)},
          {"cost_seconds", total_seconds(plan.jobs)},
          {"makespan", std::move(makespans)},
          {"notes", plan.notes}};
}

}  // namespace dovetail
