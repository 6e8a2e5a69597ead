// SPDX-License-Identifier: Apache-2.0
#include "training/gradient_all_reduce.h"

namespace dovetail {

StepReport reduced_report(std::span<const StepReport> reports) {
  StepReport all;
  for (const StepReport& one : reports) {
    all.loss_sum += one.loss_sum;
    all.computed_tokens += one.computed_tokens;
    all.stop = all.stop || one.stop;
    if (all.failure.empty()) all.failure = one.failure;
  }
  return all;
}

}  // namespace dovetail
