// SPDX-License-Identifier: Apache-2.0
#include "plan/spending.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "base/error.h"
#include "plan/model_size.h"
#include "plan/pretraining_text.h"

namespace dovetail {
namespace {

// A step of 10 examples: 400 tokens of text, 300 of source, 120 of target, 6e6 FLOPs.
const Spending kStep = {.examples = 10,
                        .text_tokens = 400,
                        .source_tokens = 300,
                        .target_tokens = 120,
                        .loss_tokens = 120,
                        .flops = 6e6,
                        .spans = 25,
                        .final_only = 4};

TEST(StepsOf, SpendTheBudget) {
  const Spending reference = {.text_tokens = 500, .loss_tokens = 60, .flops = 3e6};
  EXPECT_EQ(steps_of({}, 70, kStep, reference), 70) << "steps as given";
  // as the reference in 100 steps: 50,000 tokens of text, 6,000 of loss, 3e8 FLOPs
  EXPECT_EQ(steps_of({.unit = "text_tokens", .steps = 100}, 0, kStep, reference), 125);
  EXPECT_EQ(steps_of({.unit = "loss_tokens", .steps = 100}, 0, kStep, reference), 50);
  EXPECT_EQ(steps_of({.unit = "flops", .steps = 100}, 0, kStep, reference), 50);
  EXPECT_EQ(steps_of({.unit = "loss_tokens", .amount = 2400}, 0, kStep, reference), 20);
  EXPECT_EQ(steps_of({.unit = "loss_tokens", .amount = 2400, .share = 0.1}, 0, kStep, {}), 2);
  EXPECT_EQ(steps_of({.unit = "loss_tokens", .amount = 1}, 0, kStep, {}), 1) << "at least one";
  EXPECT_THROW(steps_of({.unit = "hours", .amount = 1}, 0, kStep, {}), ConfigError);
}

TEST(SpendingMetrics, AreTotalsAndMeans) {
  const auto metrics = spending_metrics(kStep, 50);
  EXPECT_EQ(metrics.at("steps"), 50);
  EXPECT_EQ(metrics.at("text_tokens"), 20000);
  EXPECT_EQ(metrics.at("source_tokens"), 15000);
  EXPECT_EQ(metrics.at("target_tokens"), 6000);
  EXPECT_EQ(metrics.at("loss_tokens"), 6000);
  EXPECT_EQ(metrics.at("flops"), 3e8);
  EXPECT_EQ(metrics.at("spans_per_example"), 2.5);
  EXPECT_EQ(metrics.at("final_span_share"), 0.4);
}

TEST(PretrainingText, HasALineForEachPretraining) {
  Plan plan;
  plan.jobs.resize(2);
  EXPECT_EQ(pretraining_text(plan), "");
  plan.jobs[1].name = "pretrain/prefix_lm/seed1";
  plan.jobs[1].spending = spending_metrics(kStep, 50);
  const std::string text = pretraining_text(plan);
  EXPECT_NE(text.find("pretrain/prefix_lm/seed1"), std::string::npos);
  for (const char* number : {" 50 ", "20.0 k", "15.0 k", "6.00 k", "300 M", "2.5", "40%"})
    EXPECT_NE(text.find(number), std::string::npos) << number << " in\n" << text;
}

TEST(ReadableCount, HasThreeDigits) {
  EXPECT_EQ(readable_count(0), "0");
  EXPECT_EQ(readable_count(999), "999");
  EXPECT_EQ(readable_count(1234), "1.23 k");
  EXPECT_EQ(readable_count(12345678), "12.3 M");
  EXPECT_EQ(readable_count(999.9e6), "1.00 G");
}

// Keys hash the settings, so what a sweep does not ask for may not stand there.
TEST(PretrainSettings, KeepTheirJsonWithoutABudget) {
  const Json json = PretrainSettings();
  EXPECT_EQ(json.size(), 8u) << json.dump();
  PretrainSettings all{.pack_pairs = true, .separator = true, .held_out = 7};
  all.budget = {.unit = "flops", .amount = 3e9, .share = 0.5};
  const auto again = Json(all).get<PretrainSettings>();
  EXPECT_EQ(Json(again), Json(all));
  EXPECT_EQ(again.budget.amount, 3e9);
  EXPECT_EQ(again.held_out, 7);
  EXPECT_EQ(Json(PretrainJob()).size(), 4u);
}

// DePT's saving: the encoder's FLOPs with m vectors before s tokens, over those with 100. T5-base
// (12 layers, width 768, 3072 inside); the shares of the table, of which one
// lies at the edge between two of its digits.
TEST(TrainFlops, OfAShorterPromptAreTheSharesOfDeptsTable) {
  const std::map<int64_t, std::vector<double>> table = {{64, {.87, .75, .63, .50, .38}},
                                                        {128, {.91, .82, .73, .64, .55}},
                                                        {256, {.94, .88, .82, .76, .71}},
                                                        {512, {.96, .93, .89, .86, .82}}};
  const ModelSize encoder{
      .encoder = 12 * (4 * 768 * 768 + 2 * 768 * 3072), .inner = 768, .encoder_layers = 12};
  for (const auto& [s, shares] : table) {
    for (size_t i = 0; i < shares.size(); ++i) {
      const double m = 80 - 20 * static_cast<double>(i), text = static_cast<double>(s);
      EXPECT_NEAR(train_flops(encoder, m + text, 0) / train_flops(encoder, 100 + text, 0),
                  shares[i], 0.006)
          << s << " " << m;
    }
  }
}

}  // namespace
}  // namespace dovetail
