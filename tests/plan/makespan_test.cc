// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "plan/plan.h"
#include "sweep/cost.h"

namespace dovetail {
namespace {

// A vocabulary (2 s), two pre-trainings on it (4 s, 3 s), and three cells: 5 s and 1 s on the
// first, 2 s on the second; and a baseline of 6 s that needs nothing.
Plan small_graph() {
  Plan plan;
  const auto add = [&](double seconds, std::vector<int64_t> inputs) {
    Job job;
    job.inputs = std::move(inputs);
    job.cost_seconds = seconds;
    plan.jobs.push_back(job);
  };
  add(2, {});
  add(4, {0});
  add(3, {0});
  add(5, {0, 1});
  add(1, {0, 1});
  add(2, {0, 2});
  add(6, {});
  return plan;
}

TEST(Schedule, LongestPaths) {
  EXPECT_EQ(longest_paths(small_graph().jobs), (std::vector<double>{11, 9, 5, 5, 1, 2, 6}));
}

// One worker: the sum. Two: A vocabulary 0-2, pre-training 2-6, cell 6-11; B baseline 0-6,
// pre-training 6-9, cell 9-11, and the cell of 1 s after either: 12. Three: C pre-training 2-5,
// cell 5-7, cell 7-8; the longest path of 11 s decides.
TEST(Schedule, MakespanByHand) {
  const Plan plan = small_graph();

  EXPECT_EQ(estimate_makespan(plan, 1), 23);
  EXPECT_EQ(estimate_makespan(plan, 2), 12);
  EXPECT_EQ(estimate_makespan(plan, 3), 11);
  EXPECT_EQ(estimate_makespan(plan, 100), 11);
  EXPECT_EQ(estimate_makespan(Plan{}, 2), 0);
}

const Json kT5Small = {
    {"d_model", 512}, {"d_kv", 64}, {"d_ff", 2048}, {"num_heads", 8}, {"num_layers", 6}};
const Json kT5Base = {
    {"d_model", 768}, {"d_kv", 64}, {"d_ff", 3072}, {"num_heads", 12}, {"num_layers", 12}};

// t5-small by hand: a layer has 4 x 512 x 512 (attention) and 2 x 512 x 2048; six of them.
TEST(Cost, CountsParameters) {
  const ModelSize size = model_size(kT5Small, 32128);

  EXPECT_EQ(size.encoder, 6 * (4 * 262144 + 2 * 1048576));
  EXPECT_EQ(size.decoder, 6 * (6 * 262144 + 2 * 1048576));
  EXPECT_EQ(size.cross, 6 * 2 * 262144);
  EXPECT_EQ(size.head, 32128 * 512);
}

// GFLOPs of a sequence of 512 and 114 tokens: t5-small 106.3, t5-base 425.9; frozen 74.9, 296.3;
// of 128 and 16 tokens 21.3 and 90.0. t5-v1_1-base at 512 and 114: 425.9.
TEST(Cost, CountsFlops) {
  const ModelSize small = model_size(kT5Small, 32128), base = model_size(kT5Base, 32128);
  Json gated = kT5Base;
  gated["d_ff"] = 2048;
  gated["feed_forward_proj"] = "gated-gelu";

  EXPECT_NEAR(train_flops(small, 512, 114) / 1e9, 106.3, 0.05);
  EXPECT_NEAR(train_flops(base, 512, 114) / 1e9, 425.9, 0.05);
  EXPECT_NEAR(train_flops(model_size(gated, 32128), 512, 114) / 1e9, 425.9, 0.05);
  EXPECT_NEAR(train_flops(small, 512, 114, true) / 1e9, 74.9, 0.05);
  EXPECT_NEAR(train_flops(base, 512, 114, true) / 1e9, 296.3, 0.05);
  EXPECT_NEAR(train_flops(small, 128, 16) / 1e9, 21.3, 0.05);
  EXPECT_NEAR(train_flops(base, 128, 16) / 1e9, 90.0, 0.05);
}

TEST(Cost, CountsSteps) {
  TuneSettings tune;
  tune.batch_size = 16;
  tune.steps = {.epochs = 5, .at_least = 40, .at_most = 400};

  EXPECT_EQ(tune_steps(tune, {.heads = 30, .tails = 3}), 40);    // 5 x ceil(90 / 16) = 30
  EXPECT_EQ(tune_steps(tune, {.heads = 320, .tails = 3}), 300);  // 5 x 60
  EXPECT_EQ(tune_steps(tune, {}), 400);
  tune.steps = {.fixed = 60};
  EXPECT_EQ(tune_steps(tune, {}), 60);

  tune.steps = {.epochs = 1};
  tune.batch_tokens = 800;  // ten rows of 64 + 16
  EXPECT_EQ(tune_steps(tune, {.heads = 30, .tails = 3}), 9);
  tune.batch_tokens = 10;  // one
  EXPECT_EQ(tune_steps(tune, {.heads = 30, .tails = 3}), 90);
}

TEST(Cost, PretrainingFollowsTokensAndSteps) {
  const ModelSize size = model_size(kT5Small, 32128);
  const PretrainSettings pretrain{.steps = 10, .batch_tokens = 1280, .sequence_length = 128};

  // 10 steps of 10 rows of 128 source and 64 target tokens
  EXPECT_NEAR(pretrain_seconds(size, pretrain),
              kOverheadSeconds + 100 * train_flops(size, 128, 64) / 25e9, 1e-9);
}

}  // namespace
}  // namespace dovetail
