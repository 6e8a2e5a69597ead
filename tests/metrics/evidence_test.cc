// SPDX-License-Identifier: Apache-2.0
// Metrics of choices, numbers, likelihoods and ranks by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "metrics/items.h"

namespace dovetail {
namespace {

double all(const Metric& metric, const Items& items) {
  return metric.of_all(items, metric.score(items));
}

ScoredItem choice_item(std::string prediction, Texts choices, int64_t answer) {
  return {.prediction = std::move(prediction),
          .references = {choices[answer]},
          .choices = choices,
          .answer = answer};
}

// The message of the ItemError; "" without one.
std::string refusal(const std::string& metric, const Items& items) {
  try {
    find_metric(metric).score(items);
    return "";
  } catch (const ItemError& error) {
    return error.what();
  }
}

TEST(AccuracyText, Trap4IsNoContainment) {
  const Texts choices{"desk", "chair"};
  const auto accuracy = [&](const std::string& prediction) {
    return all(find_metric("accuracy_text"), {choice_item(prediction, choices, 0)});
  };

  EXPECT_EQ(accuracy(" Desk\n"), 1);
  EXPECT_EQ(accuracy("a desk drawer"), 0);
  EXPECT_EQ(accuracy("desk drawer"), 0);
  EXPECT_EQ(accuracy("des"), 0);
  EXPECT_EQ(accuracy("desk."), 0);
  EXPECT_EQ(accuracy("chair"), 0);
  EXPECT_EQ(accuracy(""), 0);
}

TEST(AccuracyLikelihood, ComparesSumsMeansAndGains) {
  ScoredItem one = choice_item("", {"first", "second"}, 1);
  one.choice_logprobs = {-4, -6};
  one.choice_tokens = {1, 3};
  one.choice_priors = {-2, -5};
  const Items items{one};

  EXPECT_EQ(all(find_metric("accuracy_likelihood"), items), 0);             // -4 against -6
  EXPECT_EQ(all(find_metric("accuracy_likelihood_normalized"), items), 1);  // -4 against -2
  EXPECT_EQ(all(find_metric("accuracy_pmi"), items), 1);                    // -2 against -1
}

TEST(AccuracyLikelihood, TakesTheFirstOfEqualOnes) {
  for (const char* name :
       {"accuracy_likelihood", "accuracy_likelihood_normalized", "accuracy_pmi"}) {
    for (const int64_t answer : {0, 1, 2}) {
      ScoredItem one = choice_item("", {"a", "b", "c"}, answer);
      one.choice_logprobs = one.choice_priors = {-3, -3, -3};
      one.choice_tokens = {2, 2, 2};
      EXPECT_EQ(all(find_metric(name), {one}), answer == 0) << name << " " << answer;
    }
  }
}

TEST(AccuracyLikelihood, Trap10RefusesWhatIsNoEvidence) {
  ScoredItem good = choice_item("", {"a", "b"}, 1);
  good.choice_logprobs = good.choice_priors = {-3, -2};
  good.choice_tokens = {2, 2};
  EXPECT_EQ(refusal("accuracy_pmi", {good}), "");

  ScoredItem bad = good;
  bad.choice_logprobs[0] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NE(refusal("accuracy_likelihood", {good, bad}).find("item 2: "), std::string::npos);
  bad = good;
  bad.choice_logprobs.pop_back();
  EXPECT_NE(refusal("accuracy_likelihood", {bad}).find("\"choice_logprobs\""), std::string::npos);
  bad = good;
  bad.choice_tokens = {2, 0};
  EXPECT_NE(refusal("accuracy_likelihood_normalized", {bad}).find("\"choice_tokens\""),
            std::string::npos);
  bad = good;
  bad.choice_priors.clear();
  EXPECT_NE(refusal("accuracy_pmi", {bad}).find("\"choice_priors\""), std::string::npos);
  bad = good;
  bad.answer = 2;
  EXPECT_NE(refusal("accuracy_text", {bad}).find("\"answer\""), std::string::npos);
}

TEST(MacroF1, IsTheMeanOverLabels) {
  const Texts ab{"a", "b"}, ba{"b", "a"};
  const Items items{choice_item("A", ab, 0), choice_item("b", ba, 1), choice_item("b", ab, 1),
                    choice_item("something else", ba, 0)};

  EXPECT_DOUBLE_EQ(all(find_metric("macro_f1"), items), 7.0 / 12);  // a: 2/3, b: 1/2
  EXPECT_EQ(find_metric("macro_f1").score(items), (std::vector<double>{1, 0, 1, 0}));
  EXPECT_EQ(all(find_metric("macro_f1"), {choice_item("x", ab, 0)}), 0);
}

TEST(Matthews, IsACorrelationOfClasses) {
  const Texts ab{"a", "b"};
  const auto pairs = [&](const std::vector<std::pair<const char*, int64_t>>& said) {
    Items items;
    for (const auto& [prediction, answer] : said)
      items.push_back(choice_item(prediction, ab, answer));
    return all(find_metric("matthews"), items);
  };

  EXPECT_DOUBLE_EQ(pairs({{"a", 0}, {"a", 0}, {"b", 0}, {"b", 1}}), 1 / std::sqrt(3.0));
  EXPECT_DOUBLE_EQ(pairs({{"b", 0}, {"a", 1}}), -1);
  EXPECT_EQ(pairs({{"a", 0}, {"a", 1}}), 0) << "one class is no correlation";
  // by scikit-learn: matthews_corrcoef(["a", "b", "b"], ["a", "x", "b"])
  EXPECT_NEAR(pairs({{"a", 0}, {"neither", 1}, {"b", 1}}), 3 / std::sqrt(4.0 * 6), 1e-15);
}

TEST(Pearson, IsTheMeanOfItsItems) {
  const Metric& metric = find_metric("pearson");
  const Items items{item("1", {"1"}), item(" 2.0\n", {"2"}), item("+3e0", {"6"})};
  const double product = 3 * std::sqrt(2.0 / 3) * std::sqrt(14.0 / 3);

  const std::vector<double> scores = metric.score(items);

  EXPECT_NEAR(scores[0], 3 * 2 / product, 1e-15);
  EXPECT_NEAR(scores[1], 0, 1e-15);
  EXPECT_NEAR(scores[2], 3 * 3 / product, 1e-15);
  EXPECT_NEAR(metric.of_all(items, scores), 5 / product, 1e-15);
}

TEST(Pearson, ReadsWhatIsNoNumberAsTheMean) {
  const Metric& metric = find_metric("pearson");
  const Items items{item("1", {"1"}), item("good", {"9"}), item("3", {"5"})};
  const Items mean{item("1", {"1"}), item("2", {"9"}), item("3", {"5"})};

  EXPECT_EQ(metric.score(items), metric.score(mean));
  EXPECT_EQ(all(metric, {item("2", {"1"}), item("2", {"9"})}), 0) << "all the same";
  EXPECT_EQ(all(metric, {item("0.1", {"1"}), item("0.1", {"2"}), item("0.1", {"9"})}), 0)
      << "nor may rounding make it vary";
  for (const char* text : {"nan", "inf", "1 2", "", "1,5", "0x1p3"}) {
    EXPECT_EQ(all(metric, {item(text, {"1"}), item("4", {"9"})}), 0) << text;
  }
}

TEST(Pearson, Trap10NeedsNumbersToCompareWith) {
  const std::string said = refusal("pearson", {item("1", {"1"}), item("1", {"one"})});

  EXPECT_EQ(said,
            "item 2: the metric \"pearson\" needs a number as the first reference, found \"one\"");
}

TEST(Perplexity, IsOverAllTokens) {
  ScoredItem a = item("", {"x"}), b = item("", {"y"});
  a.target_logprob = b.target_logprob = -2;
  a.target_tokens = 1;
  b.target_tokens = 3;
  const Metric& metric = find_metric("perplexity");
  const Items items{a, b};

  const std::vector<double> scores = metric.score(items);

  EXPECT_DOUBLE_EQ(scores[0], std::exp(2.0));
  EXPECT_DOUBLE_EQ(scores[1], std::exp(2.0 / 3));
  EXPECT_DOUBLE_EQ(metric.of_all(items, scores), std::exp(1.0));
  EXPECT_FALSE(metric.higher_is_better);
}

// The ranks printed beside the Maskability Index; the third mean is printed there as 17.
TEST(DepthRank, MatchesThePublishedRanks) {
  ScoredItem one = item("", {"to earn money", "to make money", "hard working"});
  one.token_ranks = {{1, 53, 1}, {1, 7, 1}, {33, 4}};
  const auto of_reference = [&](size_t i) {
    ScoredItem single = item("", {one.references[i]});
    single.token_ranks = {one.token_ranks[i]};
    return all(find_metric("depth_rank"), {single});
  };

  EXPECT_DOUBLE_EQ(of_reference(0), 55.0 / 3);  // 18.33
  EXPECT_DOUBLE_EQ(of_reference(1), 3);
  EXPECT_DOUBLE_EQ(of_reference(2), 18.5);
  EXPECT_DOUBLE_EQ(all(find_metric("depth_rank"), {one}), (55.0 / 3 + 3 + 18.5) / 3);
  EXPECT_DOUBLE_EQ(all(find_metric("depth_rank_min"), {one}), 3);
}

TEST(DepthRank, Trap10RefusesRanksFromZeroAndMissingOnes) {
  ScoredItem one = item("", {"a", "b"});
  one.token_ranks = {{1, 0}, {2}};
  EXPECT_NE(refusal("depth_rank", {one}).find("from 1"), std::string::npos);
  one.token_ranks = {{1}};
  EXPECT_NE(refusal("depth_rank_min", {one}).find("for each reference"), std::string::npos);
  one.token_ranks = {{1}, {}};
  EXPECT_NE(refusal("depth_rank", {one}).find("at least one rank"), std::string::npos);
}

TEST(Metrics, MeansAreSummedInPairs) {
  // 1e16 + 1 is 1e16 in doubles: one after the other, the ones would be lost
  std::vector<double> scores(1024, 1.0);
  scores[0] = 1e16;
  const Items items(scores.size(), item("x", {"x"}));

  EXPECT_NEAR(find_metric("exact_match").of_all(items, scores), (1e16 + 1023) / 1024, 0.2);
}

}  // namespace
}  // namespace dovetail
