// SPDX-License-Identifier: Apache-2.0
#include "slurm/stop_lead.h"

#include <algorithm>
#include <cmath>

#include "plan/makespan.h"

namespace dovetail {

namespace {

constexpr double kEarliestSignal = 60;  // Slurm may send it so many seconds too early

double steps_of(const StepSettings& steps, double steps_an_epoch) {
  if (steps.fixed > 0) return static_cast<double>(steps.fixed);
  return std::max(steps.epochs * steps_an_epoch, static_cast<double>(steps.at_least));
}

// Only where the settings alone tell how many steps the job takes.
double step_seconds(const Job& job) {
  double steps = 0;
  if (const auto* pretrain = std::get_if<PretrainJob>(&job.settings)) {
    steps = static_cast<double>(pretrain->pretrain.steps);
  } else if (const auto* adapt = std::get_if<AdaptJob>(&job.settings)) {
    const AdaptSettings& settings = adapt->adapt;
    steps = steps_of(settings.steps,
                     static_cast<double>(settings.rows) / static_cast<double>(settings.batch_size));
  } else if (const auto* tune = std::get_if<TuneJob>(&job.settings)) {
    steps = static_cast<double>(std::max(tune->tune.steps.fixed, tune->tune.steps.at_most));
  }
  return steps > 0 ? job.cost_seconds / steps : 0;
}

}  // namespace

int64_t estimated_stop_seconds(const Plan& plan, int64_t cores_per_rank) {
  double longest = 0;
  for (const Job& job : plan.jobs) longest = std::max(longest, step_seconds(job));
  longest /= static_cast<double>(cores_per_rank);
  return std::clamp<int64_t>(std::llround(30 + 4 * longest), 60, 3600);
}

int64_t estimated_links(const Plan& plan, int64_t ranks, int64_t time_seconds,
                        int64_t stop_seconds) {
  const double work =
      std::max(30.0, static_cast<double>(time_seconds - stop_seconds) - kEarliestSignal);
  const double links = std::ceil(estimate_makespan(plan, static_cast<int>(ranks)) / work);
  return std::clamp<int64_t>(std::llround(links) + 1, 2, 100);
}

}  // namespace dovetail
