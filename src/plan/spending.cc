// SPDX-License-Identifier: Apache-2.0
#include "plan/spending.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace dovetail {

namespace {

constexpr double Spending::*kParts[] = {&Spending::examples,      &Spending::text_tokens,
                                        &Spending::source_tokens, &Spending::target_tokens,
                                        &Spending::loss_tokens,   &Spending::flops,
                                        &Spending::spans,         &Spending::final_only};

}  // namespace

Spending& Spending::operator+=(const Spending& other) {
  for (const auto part : kParts) this->*part += other.*part;
  return *this;
}

Spending Spending::operator*(double factor) const {
  Spending product = *this;
  for (const auto part : kParts) product.*part *= factor;
  return product;
}

double amount_of(const Spending& spending, const std::string& unit) {
  if (unit == "text_tokens") return spending.text_tokens;
  if (unit == "loss_tokens") return spending.loss_tokens;
  if (unit == "flops") return spending.flops;
  throw_<ConfigError>("a budget is in steps, text_tokens, loss_tokens or flops, found \"{}\"",
                      unit);
}

int64_t steps_of(const BudgetSettings& budget, int64_t steps, const Spending& own,
                 const Spending& reference) {
  if (budget.unit == "steps") return steps;
  const double amount = budget.amount > 0
                            ? budget.amount
                            : amount_of(reference, budget.unit) * static_cast<double>(budget.steps);
  const double wanted = amount * budget.share / amount_of(own, budget.unit);
  return std::max<int64_t>(1, std::llround(wanted));
}

PretrainSettings reference_settings(const PretrainSettings& pretrain) {
  PretrainSettings reference = pretrain;
  reference.steps = pretrain.budget.steps;
  reference.batch_tokens = pretrain.budget.batch_tokens;
  reference.sequence_length = pretrain.budget.sequence_length;
  reference.pack_sequences = pretrain.budget.pack_sequences;
  reference.pack_pairs = pretrain.budget.pack_pairs;
  return reference;
}

std::map<std::string, double> spending_metrics(const Spending& step, int64_t steps) {
  const auto times = static_cast<double>(steps);
  const double examples = std::max(step.examples, 1e-9);
  return {{"steps", times},
          {"text_tokens", std::round(step.text_tokens * times)},
          {"source_tokens", std::round(step.source_tokens * times)},
          {"target_tokens", std::round(step.target_tokens * times)},
          {"loss_tokens", std::round(step.loss_tokens * times)},
          {"flops", step.flops * times},
          {"spans_per_example", step.spans / examples},
          {"final_span_share", step.final_only / examples}};
}

}  // namespace dovetail
