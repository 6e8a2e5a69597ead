// SPDX-License-Identifier: Apache-2.0
// Cells that guess among 2, 4 and 5 choices, beside the baseline of uniform chance.
#include <gtest/gtest.h>

#include "analysis/decisions/decisions.h"
#include "analysis/made_up_sweeps.h"
#include "base/random.h"

namespace dovetail {
namespace {

using made_up::Results;

constexpr int kExamples = 300;

// A sweep of three objectives at two seeds whose cells are right with this probability.
Results quiz_sweep(double chance, double right, uint64_t seed) {
  Results r;
  Rng rng(seed);
  for (const char* objective : {"none", "span_corruption", "prefix_lm"}) {
    for (const char* run : {"1", "2"}) {
      std::vector<float> scores;
      for (int i = 0; i < kExamples; ++i) scores.push_back(rng.uniform() < right ? 1.0F : 0.0F);
      r.add({objective, "t", "mapping", "full", "all", run}, scores, 10);
    }
  }
  for (const char* name : {"most_frequent", "copy"})  // as they score on multiple choice
    made_up::add_baseline(r, name, made_up::flat_scores(0.0F, kExamples));
  made_up::add_baseline(r, "chance", made_up::flat_scores(static_cast<float>(chance), kExamples));
  return r;
}

Verdict verdict_on(const Results& r) {
  return decide(r.plan, group_cells(r.plan, r.records), r.records).at(0).verdict;
}

TEST(Guesser, IsNotMeasurablyBetterThanChance) {
  for (const double choices : {2.0, 4.0, 5.0}) {
    for (const uint64_t seed : {1, 2, 3}) {
      const Results r = quiz_sweep(1 / choices, 1 / choices, seed);
      const Decision d = decide(r.plan, group_cells(r.plan, r.records), r.records).at(0);
      EXPECT_EQ(d.verdict, Verdict::no_measurable_difference)
          << choices << " choices, seed " << seed;
      ASSERT_NE(find_comparison(d, "chance"), nullptr);
      EXPECT_TRUE(find_comparison(d, "chance")->decisive);
      EXPECT_NEAR(find_comparison(d, "chance")->score.mean, 1 / choices, 1e-6);
    }
  }
}

// A cell that knows half of the answers and guesses the others is better than chance: the verdict
// above is not for want of power. Random start guesses.
TEST(Guesser, KnowingHalfIsAGain) {
  Results r = quiz_sweep(0.25, 0.25, 4);
  Rng rng(5);
  for (const char* run : {"1", "2"}) {
    std::vector<float> scores;
    for (int i = 0; i < kExamples; ++i) scores.push_back(rng.uniform() < 0.625 ? 1.0F : 0.0F);
    r.add({"prefix_lm", "t", "prompting", "full", "all", run}, scores, 10);
  }
  EXPECT_EQ(verdict_on(r), Verdict::gain);
}

// Without choices there is nothing to guess, and no row says so.
TEST(Guesser, ChanceIsListedWhereItWasScored) {
  const Results r = made_up::best_cells_win();
  const Decision d = decide(r.plan, group_cells(r.plan, r.records), r.records).at(0);
  EXPECT_EQ(find_comparison(d, "chance"), nullptr);
  EXPECT_NE(find_comparison(d, "untuned"), nullptr);
}

}  // namespace
}  // namespace dovetail
