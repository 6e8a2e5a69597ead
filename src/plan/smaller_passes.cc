// SPDX-License-Identifier: Apache-2.0
#include "plan/smaller_passes.h"

namespace dovetail {

std::optional<Job> with_smaller_passes(Job job) {
  if (auto* pretrain = std::get_if<PretrainJob>(&job.settings)) {
    pretrain->pretrain.options.accumulate *= 2;
  } else if (auto* adapt = std::get_if<AdaptJob>(&job.settings)) {
    adapt->adapt.options.accumulate *= 2;
    if (adapt->continued) adapt->continued->pretrain.options.accumulate *= 2;
  } else if (auto* tune = std::get_if<TuneJob>(&job.settings)) {
    tune->tune.options.accumulate *= 2;
  } else {
    return std::nullopt;
  }
  return job;
}

}  // namespace dovetail
