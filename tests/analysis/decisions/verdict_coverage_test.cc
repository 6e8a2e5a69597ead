// SPDX-License-Identifier: Apache-2.0
// Whether the intervals of claims hold what they say, on sweeps whose effect is known.
#include <gtest/gtest.h>

#include "analysis/decisions/claim_fixture.h"

namespace dovetail {
namespace {

using namespace claim_fixture;

// Sweeps of made-up scores whose effect is known.
struct Simulation {
  int num_tasks;
  double effect, between_tasks;
  int inside = 0, undecided = 0;  // of kSweeps
};
constexpr int kSweeps = 300;

// One task: examples of their own difficulty, and an effect that differs by example and a little by
// seed.
double add_task(Results& r, const Simulation& s, int task, Rng& rng) {
  const double own = s.effect + s.between_tasks * normal(rng);
  std::vector<double> easy(40), helped(40);
  for (size_t i = 0; i < 40; ++i) {
    easy[i] = 0.2 * normal(rng);
    helped[i] = own + 0.1 * normal(rng);
  }
  for (const char* seed : {"1", "2", "3"}) {
    const double luck = 0.005 * normal(rng);
    std::vector<float> masked, prompting;
    for (size_t i = 0; i < 40; ++i) {
      masked.push_back(static_cast<float>(0.5 + easy[i] + helped[i] + luck + 0.1 * normal(rng)));
      prompting.push_back(static_cast<float>(0.5 + easy[i] + 0.1 * normal(rng)));
    }
    const std::string name = "t" + std::to_string(task);
    r.add({"none", name, "masked_prompting", "full", "few", seed}, masked);
    r.add({"none", name, "prompting", "full", "few", seed}, prompting);
  }
  return own;
}

void simulate(Simulation& s) {
  const uint64_t seed = 20241121;
  SCOPED_TRACE(seed);
  Rng rng(seed);
  DecisionOptions options;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    Results r;
    double own = 0;
    for (int task = 0; task < s.num_tasks; ++task) own += add_task(r, s, task, rng) / s.num_tasks;
    const ClaimResult found = judge(r, masked_wins(), options);
    const double truth = found.effect.tasks_drawn ? s.effect : own;
    s.inside += found.effect.estimate.low <= truth && truth <= found.effect.estimate.high;
    s.undecided += found.verdict == ClaimVerdict::undecided;
  }
}

// 95 % of 300 is 285, give or take 3.8; three of those either way. The number of tasks varies as in
// the published claims, and so does how much they differ.
TEST(Claims, IntervalsHoldAKnownEffectAsOftenAsTheySay) {
  for (Simulation s : {Simulation{6, 0.05, 0.03}, Simulation{6, 0.05, 0}, Simulation{10, 0.05, 0.1},
                       Simulation{2, 0.05, 0.03}}) {
    simulate(s);

    EXPECT_NEAR(s.inside, 285, 12)
        << s.num_tasks << " tasks, " << s.between_tasks << " between them";
  }
}

TEST(Claims, ANullClaimIsUndecidedAsOftenAsTheIntervalSays) {
  for (Simulation s : {Simulation{6, 0, 0.03}, Simulation{8, 0, 0}, Simulation{1, 0, 0}}) {
    simulate(s);

    EXPECT_NEAR(s.undecided, 285, 12)
        << s.num_tasks << " tasks, " << s.between_tasks << " between them";
  }
}

// Effects that look skewed by chance are believed less: Student's test alone would miss none.
TEST(Claims, AClearEffectIsFound) {
  Simulation s{6, 0.15, 0.03};

  simulate(s);

  EXPECT_LE(s.undecided, 6);
}

}  // namespace
}  // namespace dovetail
