// SPDX-License-Identifier: Apache-2.0
// Objectives that draw at random, on texts so short that every outcome and its probability can be
// worked out by hand.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "base/error.h"
#include "objectives/objective.h"
#include "objectives/sentinels.h"

namespace dovetail {
namespace {

using nlohmann::json;

std::string written(const Ids& ids) {
  std::string text;
  for (const int32_t id : ids) {
    if (!text.empty()) text += ' ';
    text += is_sentinel(id) ? fmt::format("<{}>", 999 - id) : fmt::format("{}", id);
  }
  return text;
}

// "inputs -> targets" and how often it is expected.
using Outcomes = std::map<std::string, double>;

void expect_outcomes(const std::string& name, const json& parameters, int num_tokens,
                     const Outcomes& expected) {
  constexpr int kDraws = 24000;
  const BoundObjective objective = make_objective(name, parameters);
  Rng rng(7);
  std::map<std::string, int> seen;
  for (int i = 0; i < kDraws; ++i) {
    const Denoised drawn =
        apply_to(*objective.objective, objective.parameters, test_tokens(num_tokens), rng);
    ++seen[written(drawn.inputs) + " -> " + written(drawn.targets)];
  }
  double total = 0;
  for (const auto& [outcome, probability] : expected) {
    total += probability;
    const double deviation = std::sqrt(kDraws * probability * (1 - probability));
    EXPECT_NEAR(seen[outcome], kDraws * probability, 5 * deviation + 1e-6) << outcome;
  }
  EXPECT_NEAR(total, 1, 1e-9);
  for (const auto& [outcome, count] : seen) {
    EXPECT_TRUE(expected.contains(outcome)) << name << " made " << outcome;
  }
}

// Half of 3 tokens: all 8 masks by 1/8 each; none and all, which are not allowed, go to the three
// masks next to them.
TEST(IidDenoising, GivesEachMaskItsProbability) {
  expect_outcomes("iid_denoising", {{"noise_density", 0.5}}, 3,
                  {{"<0> 11 12 -> <0> 10", 1. / 6},
                   {"10 <0> 12 -> <0> 11", 1. / 6},
                   {"10 11 <0> -> <0> 12", 1. / 6},
                   {"<0> 12 -> <0> 10 11", 1. / 6},
                   {"10 <0> -> <0> 11 12", 1. / 6},
                   {"<0> 11 <1> -> <0> 10 <1> 12", 1. / 6}});
}

TEST(IidDenoising, CanEndItsTargetsWithASentinel) {
  expect_outcomes("iid_denoising", {{"noise_density", 0.15}, {"final_sentinel", true}}, 2,
                  {{"<0> 11 -> <0> 10 <1>", 0.5}, {"10 <0> -> <0> 11 <1>", 0.5}});
}

// "Thank you <M> <M> me to your party <M> week" (Raffel et al. 2020, table 3).
TEST(IidDenoising, ReplacesEachTokenWhereSpansDoNotCollapse) {
  expect_outcomes("iid_denoising", {{"noise_density", 0.5}, {"collapse_spans", false}}, 3,
                  {{"<0> 11 12 -> 10 11 12", 1. / 6},
                   {"10 <0> 12 -> 10 11 12", 1. / 6},
                   {"10 11 <0> -> 10 11 12", 1. / 6},
                   {"<0> <0> 12 -> 10 11 12", 1. / 6},
                   {"10 <0> <0> -> 10 11 12", 1. / 6},
                   {"<0> 11 <0> -> 10 11 12", 1. / 6}});
}

// A text whose sentinels would run out once in a thousand rows is refused at its first row.
TEST(IidDenoising, RefusesTextsThatMayNeedMoreSentinels) {
  const BoundObjective objective = make_objective("iid_denoising");
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Rng rng(seed);
    // 511 tokens: mean 65.2, standard deviation 6.3; 64 tokens of them: 8.2 and 2.2
    EXPECT_NO_THROW(objective.apply(test_tokens(511), test_sentinels(100), rng));
    EXPECT_THROW(objective.apply(test_tokens(700), test_sentinels(100), rng), ConfigError);
    EXPECT_THROW(objective.apply(test_tokens(64), test_sentinels(19), rng), ConfigError);
    EXPECT_NO_THROW(objective.apply(test_tokens(64), test_sentinels(20), rng));
  }
}

TEST(Deshuffling, MakesAllOrdersEquallyLikely) {
  expect_outcomes("deshuffling", json::object(), 3,
                  {{"10 11 12 -> 10 11 12", 1. / 6},
                   {"10 12 11 -> 10 11 12", 1. / 6},
                   {"11 10 12 -> 10 11 12", 1. / 6},
                   {"11 12 10 -> 10 11 12", 1. / 6},
                   {"12 10 11 -> 10 11 12", 1. / 6},
                   {"12 11 10 -> 10 11 12", 1. / 6}});
}

// ceil(3 * 0.5) = 2 tokens are masked, and one is kept. The first length is 0 or 1 by 1/e each,
// else at least 2. Then the spans are {0, 2}, {1, 1} and {2}; with two of them the kept token
// stands before, between or after them, with one before or after.
TEST(BartInfilling, GivesEachArrangementItsProbability) {
  const double e = std::exp(-1.0);
  const std::string text = " -> 10 11 12";
  expect_outcomes("bart_infilling", {{"mask_ratio", 0.5}, {"poisson_lambda", 1}}, 3,
                  {{"<0> 12" + text, (1 - 2 * e) / 2},
                   {"10 <0>" + text, (1 - 2 * e) / 2},
                   {"10 <0> <0>" + text, 2 * e / 3},
                   {"<0> <0> 12" + text, 2 * e / 3},
                   {"<0> 11 <0>" + text, e / 3},
                   {"<0> 10 <0>" + text, e / 6},
                   {"<0> 12 <0>" + text, e / 6}});
}

// Rounded up: of 2 tokens 0.3 are 1, of 10 they are 3 and not 4, of 11 they are 4.
TEST(BartInfilling, RoundsTheMaskedTokensUp) {
  for (const auto& [length, masked] : std::map<int, int>{{2, 1}, {10, 3}, {11, 4}, {40, 12}}) {
    Rng rng(9);
    const Ids inputs =
        make_objective("bart_infilling").apply(test_tokens(length), test_sentinels(1), rng).inputs;
    EXPECT_EQ(std::count_if(inputs.begin(), inputs.end(), is_sentinel) + length - masked,
              inputs.size())
        << length;
  }
}

TEST(Ul2, SequentialSpansAreUniformAroundTheirMean) {
  const json sequential = {{"denoisers", {{{"mode", "S"}, {"noise_density", 0.25}}}},
                           {"mode_tokens", false}};
  expect_outcomes("ul2", sequential, 8,
                  {{"10 11 12 13 14 15 16 <0> -> <0> 17", 0.25},
                   {"10 11 12 13 14 15 <0> -> <0> 16 17", 0.25},
                   {"10 11 12 13 14 <0> -> <0> 15 16 17", 0.25},
                   {"10 11 12 13 <0> -> <0> 14 15 16 17", 0.25}});
}

// mode_texts are R, S and X, whose ids here are 800 801, 802 803 and 804 805.
TEST(Ul2, DrawsDenoisersByWeightAndSaysTheirMode) {
  const json two = json::parse(R"({"denoisers": [
      {"mode": "X", "noise_density": 0.5, "mean_noise_span_length": 1, "weight": 3},
      {"mode": "R", "noise_density": 0.5, "mean_noise_span_length": 1}]})");
  expect_outcomes("ul2", two, 2,
                  {{"804 805 10 <0> -> <0> 11", 0.75}, {"800 801 10 <0> -> <0> 11", 0.25}});
}

TEST(Ul2, HasTheTextsOfTheCheckpointUnlessTheyAreSwitchedOff) {
  const Objective& ul2 = find_objective("ul2");
  EXPECT_THAT(texts_of(ul2, defaults_of(ul2)), testing::ElementsAre("[NLU]", "[S2S]", "[NLG]"));
  EXPECT_TRUE(texts_of(ul2, resolve_parameters(ul2, {{"mode_tokens", false}})).empty());
}

TEST(Mixed, HandsTheirTextsToItsComponents) {
  const json parameters = json::parse(R"({"components": [
      {"name": "ul2", "parameters": {"denoisers": [{"mode": "A"}], "mode_texts": {"A": "a"}}},
      {"name": "ul2", "parameters": {"denoisers": [{"mode": "B"}], "mode_texts": {"B": "b"}}}]})");
  EXPECT_THAT(texts_of(find_objective("mixed"), parameters), testing::ElementsAre("a", "b"));
  expect_outcomes("mixed", parameters, 2,
                  {{"800 801 10 <0> -> <0> 11", 0.5}, {"802 803 10 <0> -> <0> 11", 0.5}});
}

void expect_parameter_refused(const std::string& name, const char* parameters,
                              const std::string& part) {
  try {
    make_objective(name, json::parse(parameters));
    ADD_FAILURE() << name << " accepted " << parameters;
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(part));
  }
}

TEST(MakeObjective, RefusesWhatTheseCannotDo) {
  expect_parameter_refused("iid_denoising", R"({"noise_density": 1})", "between 0 and 1");
  expect_parameter_refused("iid_denoising", R"({"collapse_spans": false, "final_sentinel": true})",
                           "needs collapse_spans");
  expect_parameter_refused("bart_infilling", R"({"mask_ratio": 0})", "between 0 and 1");
  expect_parameter_refused("bart_infilling", R"({"poisson_lambda": 0.5})", "between 1 and 100");
  expect_parameter_refused("ul2", R"({"denoisers": []})", "at least one");
  expect_parameter_refused("ul2", R"({"denoisers": [{"noise_density": 0.5}]})", "mode = ");
  expect_parameter_refused("ul2", R"({"denoisers": [{"mode": "R", "noise_densty": 0.5}]})",
                           "did you mean \"noise_density\"");
  expect_parameter_refused("ul2", R"({"denoisers": [{"mode": "Q"}]})", "no text for mode \"Q\"");
  expect_parameter_refused("ul2", R"({"denoisers": [{"mode": "R", "weight": 0}]})", "above 0");
  expect_parameter_refused(
      "ul2", R"({"denoisers": [{"mode": "R", "mean_noise_span_length": 0.5}]})", "at least 1");
  expect_parameter_refused("ul2", R"({"mode_texts": {"R": 1}})", "must hold texts");
}

}  // namespace
}  // namespace dovetail
