// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/run_noise.h"

#include <gtest/gtest.h>

#include "analysis/made_up.h"

namespace dovetail {
namespace {

TEST(RunNoise, IsTheResidualOfCellsBySeeds) {
  // all residuals are 0.05: four squares of 0.0025, one degree of freedom
  const RunNoise noise = residual_of({{0.1, 0.3}, {0.2, 0.2}});

  EXPECT_NEAR(noise.variance, 0.01, 1e-12);
  EXPECT_EQ(noise.degrees, 1);
}

TEST(RunNoise, WhatASeedDoesToAllCellsIsNone) {
  EXPECT_NEAR(residual_of({{0.1, 0.5}, {0.2, 0.6}, {0.4, 0.8}}).variance, 0, 1e-12);
}

TEST(RunNoise, OneSeedOrOneCellTellsNothing) {
  EXPECT_EQ(residual_of({{0.1}, {0.2}}).degrees, 0);
  EXPECT_EQ(residual_of({{0.1, 0.2}}).degrees, 0);
}

TEST(RunNoise, IsOfOneTuningAlone) {
  made_up::Results r;
  const auto add = [&](const char* tmpl, const char* tuning, const char* seed, float score) {
    r.add({"none", "a", tmpl, tuning, "few", seed}, {score, score});
  };
  add("mapping", "full", "1", 0.1F);
  add("mapping", "full", "2", 0.3F);
  add("prompting", "full", "1", 0.2F);
  add("prompting", "full", "2", 0.2F);
  add("mapping", "soft_prompt", "1", 0.0F);
  add("mapping", "soft_prompt", "2", 0.9F);
  const auto groups = group_cells(r.plan, r.records);
  RunNoises noises(groups);

  EXPECT_NEAR(noises.of(groups[0], "rouge_l").variance, 0.01, 1e-6);
  EXPECT_EQ(noises.of(groups[2], "rouge_l").degrees, 0);
}

}  // namespace
}  // namespace dovetail
