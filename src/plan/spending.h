// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "plan/settings.h"

namespace dovetail {

// What pre-training examples spend: sums, or means of a step. Padding counts nowhere.
struct Spending {
  double examples = 0;
  double text_tokens = 0;    // of the text that is read
  double source_tokens = 0;  // that the encoder reads, </s> and mode texts among them
  double target_tokens = 0;  // that the decoder reads, its start in place of the last one
  double loss_tokens = 0;    // that the decoder is scored on: every token of the targets, as in T5
  double flops = 0;          // of training, as train_flops counts them
  double spans = 0;          // runs of noise
  double final_only = 0;     // examples whose only run of noise is the end of the text

  Spending& operator+=(const Spending& other);
  Spending operator*(double factor) const;
};

// The amount of it that a budget's unit names. ConfigError for an unknown unit.
double amount_of(const Spending& spending, const std::string& unit);

// The steps that spend the budget, at least one: `own` and `reference` are of a step, of the
// objective and of BudgetSettings' reference. With the unit "steps" they are `steps`.
int64_t steps_of(const BudgetSettings& budget, int64_t steps, const Spending& own,
                 const Spending& reference);

// Objective and settings of the reference: span_corruption, T5's own, under [pretrain].
PretrainSettings reference_settings(const PretrainSettings& pretrain);
inline constexpr const char* kReferenceObjective = "span_corruption";

// As a record's metrics: steps, text_tokens, source_tokens, target_tokens, loss_tokens, flops over
// all steps; spans_per_example and final_span_share as means.
std::map<std::string, double> spending_metrics(const Spending& step, int64_t steps);

}  // namespace dovetail
