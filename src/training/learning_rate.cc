// SPDX-License-Identifier: Apache-2.0
#include "training/learning_rate.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/error.h"

namespace dovetail {

double scheduled_rate(const OptimizerSettings& settings, int64_t step, int64_t total) {
  const int64_t warmup = warmup_steps(settings, total);
  if (step < warmup) {
    return settings.learning_rate * static_cast<double>(step + 1) / static_cast<double>(warmup);
  }
  const double progress = static_cast<double>(step - warmup) /
                          static_cast<double>(std::max<int64_t>(1, total - warmup));
  if (settings.schedule == "constant") return settings.learning_rate;
  if (settings.schedule == "linear") return settings.learning_rate * (1 - progress);
  if (settings.schedule == "cosine") {
    return settings.learning_rate * 0.5 * (1 + std::cos(std::numbers::pi * progress));
  }
  throw_<ConfigError>("unknown schedule \"{}\"; known: constant, linear, cosine",
                      settings.schedule);
}

Json effective_schedule(const OptimizerSettings& settings, int64_t total) {
  Json schedule = {{"optimizer", settings.name},
                   {"steps", total},
                   {"clip", settings.clip},
                   {"weight_decay", settings.weight_decay},
                   {"parameters", settings.parameters}};
  if (settings.parameters.value("relative_step", false)) {
    schedule["schedule"] = "relative_step";
    return schedule;
  }
  schedule.update({{"schedule", settings.schedule},
                   {"learning_rate", settings.learning_rate},
                   {"warmup_steps", warmup_steps(settings, total)}});
  for (const OptimizerGroup& group : settings.groups) {
    const OptimizerSettings own = settings_of_group(settings, group);
    schedule["groups"].push_back({{"names", group.names},
                                  {"schedule", own.schedule},
                                  {"learning_rate", own.learning_rate},
                                  {"warmup_steps", warmup_steps(own, total)},
                                  {"weight_decay", own.weight_decay}});
  }
  return schedule;
}

}  // namespace dovetail
