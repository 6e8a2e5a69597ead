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

constexpr RowLengths kLengths{.source = 64, .target = 16};

// t5-small: 32 sources of 64 tokens have 2 x 512 x 6 keys and values a token; 4 beams of 8 tokens
// as many each, and a row of 32,128 scores; passes take four times that. Ten trained parameters
// stand five times.
TEST(Cost, CountsWhatACellAddsToAGroup) {
  EvaluateSettings evaluate;
  evaluate.batch_size = 32;
  evaluate.max_new_tokens = 8;
  evaluate.also.push_back({{.name = "beam", .parameters = {{"num_beams", 4}}}, "beam"});
  evaluate.also.push_back({{.name = "sample", .parameters = {{"samples", 9}}}, "sampled"});

  EXPECT_EQ(group_bytes(model_size(kT5Small, 32128), kLengths, evaluate, 10),
            4.0 * (50 + 4 * 32 * (6144.0 * 64 + 4 * (6144.0 * 8 + 32128))));
}

TEST(Cost, CountsSteps) {
  TuneSettings tune;
  tune.batch_size = 16;
  tune.steps = {.epochs = 5, .at_least = 40, .at_most = 400};

  EXPECT_EQ(tune_steps(tune, 90, kLengths), 40);    // 5 x ceil(90 / 16) = 30
  EXPECT_EQ(tune_steps(tune, 960, kLengths), 300);  // 5 x 60
  EXPECT_EQ(tune_steps(tune, 30000, kLengths), 400);
  tune.steps = {.fixed = 60};
  EXPECT_EQ(tune_steps(tune, 30000, kLengths), 60);

  tune.steps = {.epochs = 1};
  tune.batch_tokens = 800;  // ten rows of 64 + 16
  EXPECT_EQ(tune_steps(tune, 90, kLengths), 9);
  tune.batch_tokens = 10;  // one
  EXPECT_EQ(tune_steps(tune, 90, kLengths), 90);
}

// 100 examples with 300 references in all: three each.
TEST(Cost, CountsTheRowsOfATrainingSet) {
  const TaskSize task{.train_examples = 100, .train_references = 300, .choices = 4};

  EXPECT_EQ(train_rows({}, task), 300);
  EXPECT_EQ(train_rows({.fraction = 0.5}, task), 150);
  EXPECT_EQ(train_rows({.examples = 30}, task), 90);
  EXPECT_EQ(train_rows({.examples = 30, .references = 2}, task), 60);
  EXPECT_EQ(train_rows({.per_class = 16}, task), 192);  // 4 classes, 3 references
}

// 2,000 pieces: 3 letters each; 60 letters are 20 ids and 5 of the template, 12 are 4 and 2. Bytes:
// a letter each. 16,000 pieces: 3 + 0.3 x 3 letters.
TEST(Cost, CountsIds) {
  const TaskSize task{.source_letters = 60, .target_letters = 12};
  TuneSettings limits;
  limits.max_source_length = 50;

  const RowLengths pieces = row_lengths(model_size(kT5Small, 2000), task, limits);
  EXPECT_DOUBLE_EQ(pieces.source, 25);
  EXPECT_DOUBLE_EQ(pieces.target, 6);
  const RowLengths bytes = row_lengths(model_size(kT5Small, 384), task, limits, /*soft_tokens=*/7);
  EXPECT_DOUBLE_EQ(bytes.source, 57);  // cut to 50, and seven soft tokens
  EXPECT_DOUBLE_EQ(bytes.target, 14);
  EXPECT_DOUBLE_EQ(row_lengths(model_size(kT5Small, 16000), task, limits).target, 12 / 3.9 + 2);
}

// t5-small has 6 x 3,145,728 + 6 x 3,670,016 + 6 x 524,288 + 32,128 x 512 = 60,489,728 weights by
// model_size, each 4 ns a step and 2 ns to load; a step takes 2 ms beside.
TEST(Cost, PretrainingFollowsTokensAndSteps) {
  const ModelSize size = model_size(kT5Small, 32128);
  const PretrainSettings pretrain{.steps = 10, .batch_tokens = 1280, .sequence_length = 128};
  ASSERT_EQ(size.weights(), 60489728);

  // 10 steps of 10 rows of 128 source and 0.35 x 128 target tokens
  EXPECT_NEAR(pretrain_seconds(size, pretrain),
              0.02 + 100 * train_flops(size, 128, 44.8) / 50e9 + 10 * (0.241958912 + 0.002), 1e-9);
}

// A training set smaller than the batch makes smaller steps; a frozen model is not updated.
TEST(Cost, TuningFollowsRowsAndSteps) {
  const ModelSize size = model_size(kT5Small, 32128);
  const TuneSettings tune{.steps = {.fixed = 10}, .batch_size = 16};

  EXPECT_NEAR(tune_seconds(size, tune, 1000, kLengths, false),
              10 * (16 * train_flops(size, 64, 16) / 50e9 + 0.241958912 + 0.002), 1e-9);
  EXPECT_NEAR(tune_seconds(size, tune, 5, kLengths, true),
              10 * (5 * train_flops(size, 64, 16, true) / 50e9 + 0.002), 1e-9);
}

// Each of 30 test examples is read once with its reference and answered: 12 tokens by a tuned model
// whose targets have 8, 20 by another, each 0.1 ms beside; and once more for each of four choices.
TEST(Cost, EvaluationFollowsExamplesAndAnswers) {
  const ModelSize size = model_size(kT5Small, 32128);
  const TaskSize task{.test_examples = 30, .choices = 4};
  const RowLengths lengths{.source = 64, .target = 8};
  EvaluateSettings evaluate{.test_examples = 500, .max_new_tokens = 20};
  const double fixed = 0.02 + 0.120979456;
  const auto forward = [&](double source, double target) {
    return train_flops(size, source, target) / 3 / 50e9;
  };

  EXPECT_NEAR(evaluate_seconds(size, lengths, task, evaluate, true),
              fixed + 30 * (forward(64, 8) + forward(0, 12) + 0.0012), 1e-9);
  EXPECT_NEAR(evaluate_seconds(size, lengths, task, evaluate, false),
              fixed + 30 * (forward(64, 8) + forward(0, 20) + 0.002), 1e-9);
  evaluate.metrics = {"accuracy_likelihood"};
  evaluate.decoding = {"beam", {{"num_beams", 5}}};
  EXPECT_NEAR(evaluate_seconds(size, lengths, task, evaluate, true),
              fixed + 30 * 5 * (forward(64, 8) + forward(0, 12) + 0.0012), 1e-9);
  evaluate.test_examples = 10;
  EXPECT_NEAR(evaluate_seconds(size, lengths, task, evaluate, true),
              fixed + 10 * 5 * (forward(64, 8) + forward(0, 12) + 0.0012), 1e-9);
}

}  // namespace
}  // namespace dovetail
