// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/claim_family.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace dovetail {

namespace {

bool is_above(const EffectTest& effect, double at_least) { return effect.mean > at_least; }

ClaimVerdict here(ClaimVerdict verdict) {
  switch (verdict) {
    case ClaimVerdict::holds: return ClaimVerdict::holds_here;
    case ClaimVerdict::does_not_hold: return ClaimVerdict::does_not_hold_here;
    case ClaimVerdict::equivalent: return ClaimVerdict::equivalent_here;
    default: return verdict;
  }
}

ClaimVerdict verdict_on(const ClaimTest& test, const ClaimPValues& corrected, double level) {
  ClaimVerdict verdict = ClaimVerdict::undecided;
  if (corrected.p <= level) {
    verdict = corrected.above ? ClaimVerdict::holds : ClaimVerdict::does_not_hold;
  } else if (corrected.p_beyond && *corrected.p_beyond <= level) {
    verdict = ClaimVerdict::equivalent;
  }
  return test.of_checkpoints ? here(verdict) : verdict;
}

}  // namespace

std::string to_string(ClaimVerdict verdict) {
  switch (verdict) {
    case ClaimVerdict::holds: return "holds";
    case ClaimVerdict::does_not_hold: return "does_not_hold";
    case ClaimVerdict::equivalent: return "equivalent";
    case ClaimVerdict::holds_here: return "better_of_these_checkpoints";
    case ClaimVerdict::does_not_hold_here: return "not_better_of_these_checkpoints";
    case ClaimVerdict::equivalent_here: return "equivalent_of_these_checkpoints";
    case ClaimVerdict::undecided: return "undecided";
    case ClaimVerdict::borderline: return "borderline";
    case ClaimVerdict::not_run: return "not_run";
  }
  return "";
}

ClaimPValues p_values_of(const ClaimTest& test) {
  DOVETAIL_CHECK(!test.effects.empty());
  ClaimPValues found;
  found.above = std::ranges::all_of(
      test.effects, [&](const EffectTest& effect) { return is_above(effect, test.at_least); });
  // All must lie above: the least sure of them decides. One below is enough against the claim, and
  // picking that one is paid for.
  double largest = 0, least_below = 1;
  for (const EffectTest& effect : test.effects) {
    const double p = effect.p_value(test.at_least);
    largest = std::max(largest, p);
    if (!is_above(effect, test.at_least)) least_below = std::min(least_below, p);
  }
  const auto count = static_cast<double>(test.effects.size());
  found.p = found.above ? largest : std::min(1.0, count * least_below);
  if (test.margin <= 0) return found;
  found.p_beyond = 0;
  for (const EffectTest& effect : test.effects)
    found.p_beyond = std::max(*found.p_beyond, effect.p_beyond(test.margin));
  return found;
}

std::vector<double> step_down(const std::vector<double>& p_values, int64_t most_true) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [&](size_t i) { return p_values[i]; });
  std::vector<double> adjusted(p_values.size());
  double largest = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    const auto left = static_cast<int64_t>(order.size() - i);
    const auto factor = static_cast<double>(std::min(most_true, left));
    largest = std::max(largest, std::min(1.0, factor * p_values[order[i]]));
    adjusted[order[i]] = largest;
  }
  return adjusted;
}

std::vector<JudgedClaim> judge_family(const std::vector<ClaimTest>& tests, int64_t size,
                                      double level) {
  DOVETAIL_CHECK(size >= std::ssize(tests));
  std::vector<JudgedClaim> judged(tests.size());
  std::vector<double> p_values;
  int64_t margins = 0;
  for (size_t i = 0; i < tests.size(); ++i) {
    judged[i].own = judged[i].corrected = p_values_of(tests[i]);
    p_values.push_back(judged[i].own.p);
  }
  for (const JudgedClaim& claim : judged) {
    if (claim.own.p_beyond) p_values.push_back(*claim.own.p_beyond);
    margins += claim.own.p_beyond.has_value();
  }
  p_values.resize(static_cast<size_t>(size + margins), 1.0);  // of those that are not here
  const std::vector<double> corrected = step_down(p_values, size);
  size_t next = tests.size();
  for (size_t i = 0; i < tests.size(); ++i) {
    judged[i].corrected.p = corrected[i];
    if (judged[i].own.p_beyond) judged[i].corrected.p_beyond = corrected[next++];
    judged[i].verdict = verdict_on(tests[i], judged[i].corrected, level);
  }
  return judged;
}

}  // namespace dovetail
