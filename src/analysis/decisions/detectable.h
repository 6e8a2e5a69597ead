// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "analysis/statistics/cell_groups.h"

// What a sweep of a given size can tell apart, before it has run.
namespace dovetail {

// Standard deviations that the power of a sweep hangs on, in the units of its metrics. The defaults
// are medians over the tasks, sizes and tunings of sweeps/quickstart.toml (`dovetail plan
// sweeps/quickstart.toml --pilot results/quickstart`), but for the last, which is a guess.
struct TypicalSpread {
  double run = 0.013;     // of a run's true score around that of its cell
  double example = 0.08;  // of an example's score for a cell, alike in all its runs
  double answer = 0.23;   // of one answer of one run
  double tasks = 0.03;    // of an effect between tasks
  std::string source = "those of the quickstart's small T5s";
};

// From finished cells: the medians over tasks of each. Throws DataError if no task has two cells
// with two common seeds.
TypicalSpread spread_of_pilot(const Plan& plan, const std::vector<CellGroup>& groups,
                              const std::string& folder);

struct SweepSize {
  int64_t seeds = 1, examples = 1, tasks = 1;
  int64_t cells = 2;  // of a task, train size and tuning: the runs' noise is pooled over them
};

// The smallest difference that a two-sided test at 5 % finds in 80 of 100 sweeps.
double detectable_on_a_task(const SweepSize& size, const TypicalSpread& spread);
double detectable_over_tasks(const SweepSize& size, const TypicalSpread& spread);

// The least number of seeds with which a task shows the difference; 0 if none up to 1000 does.
int64_t seeds_to_detect(double difference, SweepSize size, const TypicalSpread& spread);

SweepSize sweep_size_of(const Plan& plan);

// The line of `dovetail plan` and its continuation: what can be detected, from what. `wanted` 0:
// nothing is asked for.
std::string detectable_lines(const SweepSize& size, const TypicalSpread& spread, double wanted);
Json detectable_json(const SweepSize& size, const TypicalSpread& spread, double wanted);

}  // namespace dovetail
