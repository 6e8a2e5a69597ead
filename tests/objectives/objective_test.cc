// SPDX-License-Identifier: Apache-2.0
#include "objectives/objective.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/error.h"
#include "objectives/sentinels.h"

namespace dovetail {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// Fixed fractions leave one split, so that the result can be typed out.
struct SplitCase {
  std::string objective;
  json parameters;
  Ids tokens, inputs, targets;
};

TEST(SplitObjectives, MatchTheTableTypedByHand) {
  const json half{{"min_prefix", 0.5}, {"max_prefix", 0.5}};
  const json four{{"min_prefix", 0.66}, {"max_prefix", 0.67}};
  const std::vector<SplitCase> cases = {
      {"prefix_lm", four, {10, 11, 12, 13, 14, 15}, {10, 11, 12, 13}, {14, 15}},
      {"prefix_lm", half, {10, 11, 12, 13, 14, 15}, {10, 11, 12}, {13, 14, 15}},
      {"prefix_lm", json::object(), {10, 11}, {10}, {11}},
      {"suffix_denoising", four, {10, 11, 12, 13, 14, 15}, {10, 11, 12, 13, 999}, {999, 14, 15}},
      {"suffix_denoising", half, {10, 11, 12, 13, 14, 15}, {10, 11, 12, 999}, {999, 13, 14, 15}},
      {"suffix_denoising", json::object(), {10, 11}, {10, 999}, {999, 11}},
      {"span_corruption", json::object(), {10, 11}, {10, 999}, {999, 11}},
      // round(0.9) = 1 token of noise in one span, at the end as in T5
      {"span_corruption",
       json::object(),
       {10, 11, 12, 13, 14, 15},
       {10, 11, 12, 13, 14, 999},
       {999, 15}},
      {"span_corruption",
       {{"final_sentinel", true}},
       {10, 11, 12, 13, 14, 15},
       {10, 11, 12, 13, 14, 999},
       {999, 15, 998}},
      // one span of three: the noise is the second half
      {"span_corruption",
       {{"noise_density", 0.5}},
       {10, 11, 12, 13, 14, 15},
       {10, 11, 12, 999},
       {999, 13, 14, 15}},
  };
  const Ids sentinels = test_sentinels();

  for (const SplitCase& example : cases) {
    Rng rng(1);
    const Denoised denoised =
        make_objective(example.objective, example.parameters).apply(example.tokens, sentinels, rng);
    EXPECT_EQ(denoised.inputs, example.inputs) << example.objective;
    EXPECT_EQ(denoised.targets, example.targets) << example.objective;
  }
}

TEST(SplitObjectives, DifferInTheSentinelOnly) {
  const Ids tokens = test_tokens(20), sentinels = test_sentinels();
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Rng left(seed), right(seed);
    const Denoised plain = make_objective("prefix_lm").apply(tokens, sentinels, left);
    Denoised masked = make_objective("suffix_denoising").apply(tokens, sentinels, right);

    masked.inputs.pop_back();
    masked.targets.erase(masked.targets.begin());
    EXPECT_EQ(plain.inputs, masked.inputs) << seed;
    EXPECT_EQ(plain.targets, masked.targets) << seed;
  }
}

// T5's random_spans_helper for inputs_length 512: 568 tokens, and targets of 114 with </s>.
TEST(SpanCorruption, HasT5sLengths) {
  const BoundObjective objective = make_objective("span_corruption");
  Rng rng(3);

  ASSERT_EQ(objective.chunk_length(512), 568);
  const Denoised denoised = objective.apply(test_tokens(568), test_sentinels(), rng);

  EXPECT_EQ(denoised.inputs.size() + 1, 512);
  EXPECT_EQ(denoised.targets.size() + 1, 114);
}

TEST(Mixed, DrawsByWeightPerExample) {
  const BoundObjective objective =
      make_objective("mixed", json::parse(R"({"components": [{"name": "prefix_lm", "weight": 3},
                                              {"name": "suffix_denoising", "weight": 1}]})"));
  const Ids tokens = test_tokens(12), sentinels = test_sentinels();
  Rng rng(4);
  int masked = 0;

  for (int i = 0; i < 4000; ++i) {
    masked += objective.apply(tokens, sentinels, rng).targets.front() == 999;
  }

  EXPECT_NEAR(masked, 1000, 140);  // standard deviation 27
}

TEST(Mixed, GivesItsComponentsTheirParameters) {
  const BoundObjective objective = make_objective("mixed", json::parse(R"({"components": [
      {"name": "prefix_lm", "parameters": {"min_prefix": 0.5, "max_prefix": 0.5}}]})"));
  Rng rng(4);

  const Denoised denoised = objective.apply(test_tokens(6), test_sentinels(), rng);

  EXPECT_EQ(denoised.inputs, (Ids{10, 11, 12}));
  EXPECT_EQ(objective.chunk_length(64), 126);  // 126 / 2 and </s> are 64
}

void expect_refused(const std::string& name, const char* parameters, const std::string& part) {
  try {
    make_objective(name, json::parse(parameters));
    ADD_FAILURE() << name << " accepted " << parameters;
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr(part));
  }
}

TEST(MakeObjective, RefusesWhatIsOutOfRange) {
  expect_refused("span_corruption", R"({"noise_density": 0})", "between 0 and 1");
  expect_refused("span_corruption", R"({"noise_density": "high"})", "must be a number");
  expect_refused("span_corruption", R"({"mean_noise_span_length": 0.5})", "at least 1");
  expect_refused("span_corruption", R"({"noise_densty": 0.2})", "did you mean \"noise_density\"");
  expect_refused("span_corruption", R"({"final_sentinel": 1})", "true or false");
  expect_refused("prefix_lm", R"({"min_prefix": 0.8, "max_prefix": 0.2})", "at least min_prefix");
  expect_refused("suffix_denoising", R"({"max_prefix": 1.5})", "between 0.01 and 1");
  expect_refused("mixed", R"({"components": []})", "at least one");
  expect_refused("mixed", R"({"components": [{"name": "mixed"}]})", "cannot be mixed");
  expect_refused("mixed", R"({"components": [{"name": "prefix_lm", "weight": 0}]})", "above 0");
  expect_refused("mixed", R"({"components": [{"name": "prefix_ml"}]})", "prefix_lm");
  expect_refused("mixed", R"({"components": [{"name": "prefix_lm", "wieght": 1}]})", "weight");
  expect_refused("span_coruption", "{}", "did you mean \"span_corruption\"");
  expect_refused("prefix_lm", "[1]", "must be a table");
}

}  // namespace
}  // namespace dovetail
