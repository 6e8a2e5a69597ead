// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/verdicts.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "analysis/decisions/claim_judge.h"
#include "analysis/decisions/learned_tasks.h"
#include "base/random.h"

namespace dovetail {

namespace {

// Ways to halve the examples, under which a claim about the best of many cells must stand.
constexpr int kCuts = 20;

double level_of(const DecisionOptions& options) { return 1 - options.intervals.confidence; }

std::string family_of(const Claim& claim, const Plan& plan) {
  return claim.family.empty() ? plan.sweep_name : claim.family;
}

// The number of verdicts in a claim's family: as declared, or those of this sweep.
int64_t family_size(const std::string& family, const Plan& plan) {
  int64_t here = 0, declared = 0;
  for (const Claim& claim : plan.claims) {
    if (family_of(claim, plan) != family) continue;
    here += std::ssize(claim.metrics);
    declared = std::max(declared, claim.family_size);
  }
  return std::max(here, declared);
}

double detectable_by(const ClaimTest& test, double level) {
  double largest = 0;  // all must be found
  for (const EffectTest& effect : test.effects)
    largest = std::max(largest, effect.detectable(level, kPower));
  return largest;
}

// Gives verdicts to the cases of one family that can be judged.
void judge_together(std::vector<ClaimCase*> cases, double level) {
  std::erase_if(cases, [](const ClaimCase* of) { return !of->result.reason.empty(); });
  std::vector<ClaimTest> tests;
  for (const ClaimCase* of : cases) tests.push_back(of->test);
  const int64_t size = cases.empty() ? 0 : cases[0]->result.family_size;
  const std::vector<JudgedClaim> judged = judge_family(tests, size, level);
  for (size_t i = 0; i < cases.size(); ++i) {
    ClaimResult& result = cases[i]->result;
    result.verdict = judged[i].verdict;
    result.effect.p_value = judged[i].own.p;
    result.p_holm = judged[i].corrected.p;
    result.p_beyond = judged[i].corrected.p_beyond;
    result.detectable = detectable_by(tests[i], level / static_cast<double>(size));
  }
}

void judge_by_family(std::vector<ClaimCase>& cases, double level) {
  std::map<std::string, std::vector<ClaimCase*>> families;
  for (ClaimCase& of : cases) families[of.result.family].push_back(&of);
  for (auto& [name, members] : families) judge_together(std::move(members), level);
}

bool is_cut(const Claim& claim) {
  return std::ranges::any_of(claim.pairs, [](const auto& pair) { return pair.worse.best_other; });
}

// The cells as a claim sees them: scored on the test examples that it is about, where something was
// learned.
class ClaimGrounds {
 public:
  ClaimGrounds(const Plan& plan, const std::vector<CellGroup>& groups,
               const DecisionOptions& options)
      : plan_(plan), groups_(groups), options_(options) {}

  struct Ground {
    std::vector<CellGroup> groups;
    TaskRuns runs{groups};
  };
  Ground& of(const Claim& claim) {
    std::unique_ptr<Ground>& ground = known_[claim.examples];
    if (ground) return *ground;
    ground = std::make_unique<Ground>();
    ground->groups =
        claim.examples.empty() ? groups_ : groups_within(groups_, plan_, claim.examples);
    return *ground;
  }

  const std::set<TaskAndSize>& unlearned(const std::string& metric) {
    const auto known = unlearned_.find(metric);
    if (known != unlearned_.end()) return known->second;
    return unlearned_[metric] = not_learned(metric, plan_, groups_, options_);
  }

 private:
  const Plan& plan_;
  const std::vector<CellGroup>& groups_;
  const DecisionOptions& options_;
  std::map<AxisLabels, std::unique_ptr<Ground>> known_;
  std::map<std::string, std::set<TaskAndSize>> unlearned_;
};

// Judges the claims about the best of many cells once more, under another cut of the examples, and
// with them their families.
void note_borderline(std::vector<ClaimCase>& cases, const Plan& plan, ClaimGrounds& grounds,
                     const DecisionOptions& options) {
  std::vector<ClaimCase> others = cases;
  std::vector<bool> differs(cases.size(), false);
  for (int cut = 1; cut < kCuts; ++cut) {
    DecisionOptions other = options;
    other.cross_fit.seed = derive_seed(options.cross_fit.seed, fmt::format("cut {}", cut));
    for (size_t i = 0; i < cases.size(); ++i) {
      const ClaimResult& known = cases[i].result;
      if (!is_cut(known.claim) || !known.reason.empty()) continue;
      ClaimGrounds::Ground& ground = grounds.of(known.claim);
      others[i].test = claim_case(known.claim, known.metric, plan, ground.groups, other,
                                  grounds.unlearned(known.metric), ground.runs)
                           .test;
    }
    judge_by_family(others, level_of(options));
    for (size_t i = 0; i < cases.size(); ++i)
      differs[i] = differs[i] || others[i].result.verdict != cases[i].result.verdict;
  }
  for (size_t i = 0; i < cases.size(); ++i) {
    if (!differs[i]) continue;
    cases[i].result.verdict = ClaimVerdict::borderline;
    cases[i].result.reason =
        fmt::format("{} ways to halve the examples give different verdicts", kCuts);
  }
}

}  // namespace

std::optional<double> SideScores::relative(bool higher_is_better) const {
  if (!(worse > 0)) return std::nullopt;
  return (higher_is_better ? better - worse : worse - better) / worse;
}

std::vector<ClaimResult> judge_claims(const Plan& plan, const std::vector<CellGroup>& groups,
                                      const DecisionOptions& options) {
  ClaimGrounds grounds(plan, groups, options);
  std::vector<ClaimCase> cases;
  for (const Claim& claim : plan.claims) {
    for (const std::string& metric : claim.metrics) {
      ClaimGrounds::Ground& ground = grounds.of(claim);
      cases.push_back(claim_case(claim, metric, plan, ground.groups, options,
                                 grounds.unlearned(metric), ground.runs));
      cases.back().result.family = family_of(claim, plan);
      cases.back().result.family_size = family_size(cases.back().result.family, plan);
    }
  }
  judge_by_family(cases, level_of(options));
  if (std::ranges::any_of(plan.claims, is_cut)) note_borderline(cases, plan, grounds, options);
  std::vector<ClaimResult> results;
  for (ClaimCase& of : cases) results.push_back(std::move(of.result));
  return results;
}

}  // namespace dovetail
