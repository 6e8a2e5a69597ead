// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/use.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "plan/baselines.h"

namespace dovetail {

namespace {

// Another choice than the highest mean, and the highest mean's lead over it.
struct Alternative {
  const Contender* contender;
  Estimate lead;
  const Comparison* comparison;  // null for another candidate
};
using Alternatives = std::vector<Alternative>;

bool is_compared(const Comparison& comparison) {
  return comparison.decisive && comparison.absent.empty();
}

// The alternatives that the highest mean is not measurably better than. After a gain these are
// other candidates, with the plain lead, which flatters the highest mean and so rarely finds
// another choice as good. Otherwise they are random start and the baselines, with the leads of the
// verdict.
Alternatives open_alternatives(const TaskAtSize& at, const Decision& decision) {
  Alternatives open;
  if (decision.verdict == Verdict::gain) {
    for (const Contender& other : at.candidates) {
      if (&other == at.recommended) continue;
      const Estimate lead = lead_of(at, *at.recommended, other);
      if (lead.low <= 0) open.push_back({&other, lead, nullptr});
    }
  } else {
    for (const Comparison& comparison : decision.comparisons) {
      if (!is_compared(comparison) || comparison.same || comparison.better()) continue;
      open.push_back({at.compared.at(comparison.name), comparison.gain, &comparison});
    }
  }
  return open;
}

bool is_cheaper(const TaskAtSize& at, const Contender& other) {
  return other.declared_seconds < at.options.cheaper_share * at.recommended->declared_seconds;
}

bool is_beaten_by_a_baseline(const TaskAtSize& at, const Contender& other) {
  return std::ranges::any_of(at.baselines, [&](const Contender& baseline) {
    if (&baseline == &other || baseline.mean <= other.mean) return false;
    const Estimate lead = lead_of(at, baseline, other);
    return lead.low > 0 && lead.runs_known;
  });
}

double margin_of(const TaskAtSize& at) {
  const double margin = at.options.equivalence_margin;
  return at.higher_is_better ? margin : margin * std::abs(at.recommended->mean);
}

// "Not measurably worse" says little of few test examples. As good is what differs by less than the
// margin for certain: the interval, which is that of two one-sided tests at 2.5 % each (Schuirmann
// 1987), lies within it.
bool is_as_good(const TaskAtSize& at, const Alternative& other) {
  const double margin = margin_of(at);
  return other.lead.runs_known && other.lead.low > -margin && other.lead.high < margin &&
         !is_beaten_by_a_baseline(at, *other.contender);
}

// The cheapest of those that are as good; of equally cheap ones the one that scores more,
// then the first in the order of the sweep. Null without one.
const Alternative* cheapest_as_good(const TaskAtSize& at, const Alternatives& open) {
  const auto place = [](const Alternative& other) {
    return std::tuple(other.contender->declared_seconds, -other.contender->mean);
  };
  const Alternative* best = nullptr;
  for (const Alternative& other : open) {
    if (!is_cheaper(at, *other.contender) || !is_as_good(at, other)) continue;
    if (!best || place(other) < place(*best)) best = &other;
  }
  return best;
}

// Rounds up to two digits, as the number is an extrapolation.
int64_t rounded_up(double count) {
  const double unit = std::pow(10, std::max(0.0, std::floor(std::log10(count)) - 1));
  return static_cast<int64_t>(std::ceil(count / unit - 1e-9) * unit);
}

void note_examples_needed(const Alternatives& open, Use& use) {
  for (const Alternative& other : open) {
    const Estimate& lead = other.lead;
    if (!other.comparison || lead.mean <= 0 || lead.low > 0 || lead.items < 2) continue;
    const double widths = (lead.mean - lead.low) / lead.mean;
    const double needed = static_cast<double>(lead.items) * widths * widths;
    if (needed > 1e9) continue;
    const int64_t count = std::max(rounded_up(needed), lead.items + 1);
    if (use.examples_needed && *use.examples_needed >= count) continue;
    use.examples_needed = count;
    use.needed_against = other.comparison->label;
  }
}

void note_detectable(const Alternatives& open, Use& use) {
  for (const Alternative& other : open) {
    if (!other.comparison || !other.lead.runs_known || other.lead.degrees < 1) continue;
    const double seen = detectable_difference(other.lead.standard_error, other.lead.degrees);
    use.detectable = std::max(use.detectable.value_or(0), seen);
  }
}

double highest_score(const TaskAtSize& at, const Decision& decision) {
  double highest = std::max(at.recommended->mean, decision.honest_score.mean);
  for (const Contender& baseline : at.baselines) highest = std::max(highest, baseline.mean);
  return highest;
}

// The baseline with the highest score, so that no other one beats it.
void use_best_baseline(const TaskAtSize& at, const Decision& decision, Use& use) {
  const Comparison* best = nullptr;
  for (const Comparison& comparison : decision.comparisons) {
    if (!is_compared(comparison) || comparison.name == "random_start") continue;
    if (!best || comparison.score.mean > best->score.mean) best = &comparison;
  }
  use.choice = choice_of(at, *at.compared.at(best->name));
  use.score = best->score;
}

void use_highest_mean(const Decision& decision, UseReason reason, Use& use) {
  use.choice = decision.recommended;
  use.reason = reason;
}

void use_without_difference(const TaskAtSize& at, const Alternatives& open,
                            const Alternative* cheaper, const Decision& decision, Use& use) {
  note_examples_needed(open, use);
  note_detectable(open, use);
  if (!decision.honest_score.runs_known) {
    return use_highest_mean(decision, UseReason::one_run, use);
  }
  if (cheaper) {
    use.choice = choice_of(at, *cheaper->contender);
    use.reason = UseReason::as_good_and_cheaper;
    use.score = cheaper->comparison->score;
    use.lead = cheaper->lead;
    return;
  }
  const bool any_cheaper = std::ranges::any_of(
      open, [&](const Alternative& other) { return is_cheaper(at, *other.contender); });
  if (any_cheaper) {
    use.reason = UseReason::too_few_examples;
  } else {
    use_highest_mean(decision, UseReason::highest_mean, use);
  }
}

bool is_near_zero(const TaskAtSize& at, double highest) {
  return at.higher_is_better && highest < kNearZero;
}

}  // namespace

std::string to_string(UseReason reason) {
  switch (reason) {
    case UseReason::measurable_gain: return "measurable_gain";
    case UseReason::baseline_is_better: return "baseline_is_better";
    case UseReason::nothing_to_compare: return "nothing_to_compare";
    case UseReason::highest_mean: return "highest_mean";
    case UseReason::as_good_and_cheaper: return "as_good_and_cheaper";
    case UseReason::near_zero: return "near_zero";
    case UseReason::too_few_examples: return "too_few_examples";
    case UseReason::one_run: return "one_run";
  }
  return "";
}

double declared_cost(const CellGroup& group, const Plan& plan) {
  for (const BaselineEntry& entry : baselines())
    if (entry.name == group.baseline && !entry.needs_model) return 0;
  double seconds = 0;
  for (const CellResult& result : group.cells) {
    const int64_t own = result.cell->job;
    seconds += plan.jobs.at(static_cast<size_t>(own)).cost_seconds;
    for (const int64_t job : upstream_jobs(plan, own))
      seconds += plan.jobs[static_cast<size_t>(job)].cost_seconds;
  }
  return seconds / static_cast<double>(std::max<size_t>(1, group.cells.size()));
}

void decide_use(const TaskAtSize& at, Decision& decision) {
  Use& use = decision.use;
  use.score = decision.honest_score;
  use.margin = margin_of(at);
  use.highest = highest_score(at, decision);
  if (decision.verdict != Verdict::gain && is_near_zero(at, use.highest)) {
    use.reason = UseReason::near_zero;
    return;
  }
  if (decision.verdict == Verdict::baseline_better) {
    use.reason = UseReason::baseline_is_better;
    return use_best_baseline(at, decision, use);
  }
  const Alternatives open = open_alternatives(at, decision);
  const Alternative* cheaper = cheapest_as_good(at, open);
  if (cheaper) {
    decision.cheaper = choice_of(at, *cheaper->contender);
    decision.cheaper_lead = cheaper->lead;
  }
  switch (decision.verdict) {
    case Verdict::gain: return use_highest_mean(decision, UseReason::measurable_gain, use);
    case Verdict::nothing_to_compare:
      return use_highest_mean(decision, UseReason::nothing_to_compare, use);
    default: return use_without_difference(at, open, cheaper, decision, use);
  }
}

}  // namespace dovetail
