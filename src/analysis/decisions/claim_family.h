// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/statistics/effect_test.h"

// The verdicts of a family of claims, so corrected that the chance of any wrong one among them is
// kept, however many they are.
namespace dovetail {

// holds: the effect is measurably above the claim's at_least. does_not_hold: measurably below it.
// equivalent: measurably closer to 0 than the claim's margin. undecided: none of these.
// The three *_here say the same of these checkpoints alone: a claim about what models start from,
// with one run of pre-training behind each start.
// borderline: the verdict depends on how the examples are halved to find the best of many cells.
// not_run: cells have not run yet, a task has no pair of finished cells, or the sweep has no pair
// at all.
enum class ClaimVerdict {
  holds,
  does_not_hold,
  equivalent,
  holds_here,
  does_not_hold_here,
  equivalent_here,
  undecided,
  borderline,
  not_run
};
std::string to_string(ClaimVerdict verdict);

// What a verdict acts on.
struct ClaimTest {
  // The claim holds if all of these effects lie above at_least: one, or each apart.
  std::vector<EffectTest> effects;
  double at_least = 0;
  double margin = 0;            // of equivalence; 0: none is declared
  bool of_checkpoints = false;  // one run of pre-training behind each start
};

struct ClaimPValues {
  double p = 1;                    // two-sided, of the effect being at_least
  bool above = false;              // the side that p speaks of
  std::optional<double> p_beyond;  // of the effect being the margin or more; none without a margin
};
ClaimPValues p_values_of(const ClaimTest& test);

struct JudgedClaim {
  ClaimVerdict verdict = ClaimVerdict::undecided;
  ClaimPValues own, corrected;
};

// `size` is that of the whole family and at least the number of tests: verdicts on the others are
// given elsewhere, or not yet. Corrected by Holm 1979. An effect cannot be at_least and beyond a
// larger margin too, so at most `size` of the hypotheses are true at once, however many are tested
// (Shaffer 1986).
std::vector<JudgedClaim> judge_family(const std::vector<ClaimTest>& tests, int64_t size,
                                      double level);

// Holm's step-down adjustment of p-values of which at most `most_true` are of true hypotheses.
std::vector<double> step_down(const std::vector<double>& p_values, int64_t most_true);

}  // namespace dovetail
