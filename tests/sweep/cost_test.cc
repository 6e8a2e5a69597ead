// SPDX-License-Identifier: Apache-2.0
#include "sweep/cost.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

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

  EXPECT_EQ(tune_steps(tune, {.examples = 30, .references = 3}), 40);    // 5 x ceil(90 / 16) = 30
  EXPECT_EQ(tune_steps(tune, {.examples = 320, .references = 3}), 300);  // 5 x 60
  EXPECT_EQ(tune_steps(tune, {}), 400);
  tune.steps = {.fixed = 60};
  EXPECT_EQ(tune_steps(tune, {}), 60);

  tune.steps = {.epochs = 1};
  tune.batch_tokens = 800;  // ten rows of 64 + 16
  EXPECT_EQ(tune_steps(tune, {.examples = 30, .references = 3}), 9);
  tune.batch_tokens = 10;  // one
  EXPECT_EQ(tune_steps(tune, {.examples = 30, .references = 3}), 90);
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
