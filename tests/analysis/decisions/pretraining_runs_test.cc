// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/pretraining_runs.h"

#include <gtest/gtest.h>

#include <set>

#include "analysis/decisions/claim_fixture.h"
#include "analysis/simulated_sweeps.h"

namespace dovetail {
namespace {

using namespace claim_fixture;

std::vector<const CellGroup*> all_of(const std::vector<CellGroup>& groups) {
  std::vector<const CellGroup*> all;
  for (const CellGroup& group : groups) all.push_back(&group);
  return all;
}

size_t num_runs(const Results& r, bool adaptation_alone = false) {
  const auto groups = group_cells(r.plan, r.records);
  std::set<size_t> numbers;
  for (const auto& [seed, run] : pretraining_runs(r.plan, all_of(groups), adaptation_alone))
    numbers.insert(run);
  return numbers.size();
}

// Seed s of four starts from run s mod `replicates`.
void add_objective(Results& r, const char* objective, int64_t replicates, float score) {
  std::vector<int64_t> runs;
  for (int64_t k = 0; k < replicates; ++k)
    runs.push_back(r.add_upstream(JobKind::pretrain, objective, 1));
  for (int64_t seed = 0; seed < 4; ++seed) {
    r.add({objective, "a", "mapping", "full", "few", std::to_string(seed)}, flat(score), 1, "",
          "lexical", {runs[static_cast<size_t>(seed % replicates)]});
  }
}

TEST(PretrainingRuns, SeedsOfOneRunHangTogether) {
  Results r;
  add_objective(r, "span_corruption", 2, 0.5F);
  EXPECT_EQ(num_runs(r), 2);

  add_objective(r, "prefix_lm", 4, 0.5F);  // the first still has two
  EXPECT_EQ(num_runs(r), 2);

  add_objective(r, "bart", 1, 0.5F);
  EXPECT_EQ(num_runs(r), 1);
  EXPECT_EQ(num_runs(r, /*adaptation_alone=*/true), 4);  // nothing was adapted
}

TEST(PretrainingRuns, RandomWeightsAreDrawnForEachSeed) {
  Results r;
  for (const char* seed : {"1", "2", "3"})
    r.add({"none", "a", "mapping", "full", "few", seed}, flat(0.5F));

  EXPECT_EQ(num_runs(r), 3);
}

Claim span_wins() {
  Claim claim = masked_wins();
  claim.pairs[0].better = side({{"objective", {"span_corruption"}}});
  claim.pairs[0].worse = side({{"objective", {"prefix_lm"}}});
  return claim;
}

TEST(PretrainingRuns, WithOneAClaimAboutObjectivesCannotHold) {
  Results r;
  add_objective(r, "span_corruption", 1, 0.6F);
  add_objective(r, "prefix_lm", 1, 0.5F);

  const ClaimResult found = judge(r, span_wins());

  EXPECT_TRUE(found.about_starts);
  EXPECT_EQ(found.pretraining_runs, 1);
  EXPECT_EQ(found.verdict, ClaimVerdict::holds_here);
}

TEST(PretrainingRuns, WithSeveralItCan) {
  Results r;
  add_objective(r, "span_corruption", 2, 0.6F);
  add_objective(r, "prefix_lm", 2, 0.5F);

  const ClaimResult found = judge(r, span_wins());

  EXPECT_EQ(found.pretraining_runs, 2);
  EXPECT_EQ(found.verdict, ClaimVerdict::holds);
}

// With SD 0.02 between runs of pre-training, tasks alone would be wrong in 15 of 100 sweeps.
TEST(PretrainingRuns, LuckOfACheckpointIsSeldomAVerdict) {
  constexpr int kSimulated = 400;
  const uint64_t seed = 20261130;
  SCOPED_TRACE(seed);
  simulated::Draws draws(seed);
  int wrong = 0;
  for (int sweep = 0; sweep < kSimulated; ++sweep)
    wrong += judge(simulated::sweep_of_checkpoints(draws, 9, 3, 0.02), span_wins()).verdict !=
             ClaimVerdict::undecided;

  EXPECT_LE(wrong, 28);  // 7 %
}

}  // namespace
}  // namespace dovetail
