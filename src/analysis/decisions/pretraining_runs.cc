// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/pretraining_runs.h"

#include <variant>

namespace dovetail {

namespace {

bool starts_from_checkpoint(const Job& job) {
  const auto* cell = std::get_if<TuneJob>(&job.settings);
  return cell && cell->start.objective.name == "checkpoint";
}

// The runs behind a cell, as text that is the same for the same run.
std::vector<std::string> runs_behind(const Plan& plan, const Cell& cell, bool adaptation_alone) {
  std::vector<std::string> runs;
  for (const int64_t index : upstream_jobs(plan, cell.job)) {
    const Job& job = plan.jobs[static_cast<size_t>(index)];
    const bool pretrains = job.kind == JobKind::pretrain && !adaptation_alone;
    if (pretrains || job.kind == JobKind::adapt) runs.push_back(job.key);
  }
  const Job& own = plan.jobs[static_cast<size_t>(cell.job)];
  if (!adaptation_alone && starts_from_checkpoint(own))
    runs.push_back("checkpoint " + coordinate(cell, "objective"));
  return runs;
}

}  // namespace

std::map<std::string, size_t> pretraining_runs(const Plan& plan,
                                               const std::vector<const CellGroup*>& cells,
                                               bool adaptation_alone) {
  std::map<std::string, size_t> number;  // by seed
  std::map<std::string, std::string> first_seed;
  const auto join = [&](size_t into, size_t from) {
    for (auto& [seed, own] : number) {
      if (own == from) own = into;
    }
  };
  for (const CellGroup* group : cells) {
    if (!group->baseline.empty()) continue;  // starts from nothing
    for (const CellResult& result : group->cells) {
      if (result.state != CellState::finished) continue;
      const std::string seed = coordinate(*result.cell, "seed");
      number.try_emplace(seed, number.size());
      for (const std::string& run : runs_behind(plan, *result.cell, adaptation_alone)) {
        const std::string& first = first_seed.try_emplace(run, seed).first->second;
        join(number.at(first), number.at(seed));
      }
    }
  }
  std::map<size_t, size_t> dense;
  for (auto& [seed, own] : number) own = dense.try_emplace(own, dense.size()).first->second;
  return number;
}

}  // namespace dovetail
