// SPDX-License-Identifier: Apache-2.0
// The scores that each metric gives to four predictions, as readable files.
#include "golden/golden.h"

#include <fmt/format.h>

#include <set>

#include "metrics/items.h"

namespace dovetail {
namespace {

// Four items that all metrics of a set score, and their evidence in words.
struct GoldenSet {
  std::string name;
  std::string evidence;
  Items items;
};

ScoredItem with_sample(ScoredItem scored, std::string sample) {
  scored.samples = {std::move(sample)};
  return scored;
}

GoldenSet texts() {
  return {"texts",
          "",
          {with_sample(item("to drive there", {"to drive there"}), "to walk"),
           with_sample(item("drive to the mall", {"to drive to the mall", "to drive"}), "to drive"),
           with_sample(item("the the cat", {"the cat"}), "the cat"),
           with_sample(item("sleep", {"to walk home"}), "to walk")}};
}

GoldenSet numbers() {
  return {"numbers", "", {item("1", {"1"}), item("4", {"2"}), item("4", {"6"}), item("x", {"3"})}};
}

ScoredItem chosen(std::string prediction, int64_t answer, std::vector<double> logprobs,
                  std::vector<double> priors) {
  ScoredItem scored = item(std::move(prediction), {answer == 0 ? "yes" : "no"});
  scored.choices = {"yes", "no"};
  scored.answer = answer;
  scored.choice_logprobs = std::move(logprobs);
  scored.choice_tokens = {1, 3};
  scored.choice_priors = std::move(priors);
  return scored;
}

GoldenSet choices() {
  return {"choices",
          "yes has 1 token, no has 3",
          {chosen("Yes", 0, {-1, -4}, {-2, -3}), chosen("no", 0, {-4, -6}, {-2, -5}),
           chosen("no", 1, {-4, -6}, {-2, -5}), chosen("maybe", 1, {-1, -6}, {-1, -5})}};
}

ScoredItem forced(double logprob, int64_t tokens, std::vector<std::vector<int64_t>> ranks) {
  ScoredItem scored = item("", {});
  for (size_t i = 0; i < ranks.size(); ++i) scored.references.push_back(fmt::format("r{}", i + 1));
  scored.target_logprob = logprob;
  scored.target_tokens = tokens;
  scored.token_ranks = std::move(ranks);
  return scored;
}

GoldenSet likelihoods() {
  return {"likelihoods",
          "",
          {forced(-2, 1, {{1, 53, 1}, {1, 7, 1}}), forced(-2, 3, {{1, 1}}), forced(0, 2, {{4}}),
           forced(-6, 6, {{2, 4}, {5}, {10}})}};
}

std::string quoted(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "\"" : ", \"") + text + "\"";
  return list;
}

std::string numbers_of(const auto& values) {
  std::string list;
  for (const auto value : values) list += fmt::format("{}{}", list.empty() ? "" : " ", value);
  return list;
}

std::string described(const ScoredItem& scored) {
  std::string line = fmt::format("\"{}\" for {}", scored.prediction, quoted(scored.references));
  if (!scored.samples.empty()) line += ", sample " + quoted(scored.samples);
  if (!scored.choice_logprobs.empty()) {
    line += fmt::format(", log p {}, without the question {}", numbers_of(scored.choice_logprobs),
                        numbers_of(scored.choice_priors));
  }
  if (scored.token_ranks.empty()) return line;
  line = fmt::format("log p {} of {} tokens, ranks", scored.target_logprob, scored.target_tokens);
  for (const auto& ranks : scored.token_ranks) line += fmt::format(" [{}]", numbers_of(ranks));
  return line;
}

std::string set_of(const Metric& metric) {
  if (metric.name == "pearson") return "numbers";
  if (metric.name == "meteor_nltk") return "wordnet";
  switch (metric.evidence) {
    case Evidence::text:
    case Evidence::samples: return "texts";
    case Evidence::choices:
    case Evidence::choice_likelihood:
    case Evidence::choice_priors: return "choices";
    case Evidence::target_likelihood:
    case Evidence::token_ranks: return "likelihoods";
  }
  return "";
}

std::string golden(const GoldenSet& set, const std::string& source) {
  std::string text = source + "\n";
  if (!set.evidence.empty()) text += set.evidence + "\n";
  for (size_t i = 0; i < set.items.size(); ++i) {
    text += fmt::format("{}  {}\n", i + 1, described(set.items[i]));
  }
  text += fmt::format("\n{:<32}{:>9}{:>9}{:>9}{:>9}{:>9}\n", "", 1, 2, 3, 4, "all");
  for (const Metric& metric : metrics()) {
    if (set_of(metric) != set.name) continue;
    text += fmt::format("{:<32}", metric.name);
    const std::vector<double> scores = metric.score(set.items);
    for (const double score : scores) text += fmt::format("{:9.4f}", score);
    text += fmt::format("{:9.4f}\n", metric.of_all(set.items, scores));
  }
  return text;
}

TEST(MetricGolden, Texts) {
  expect_golden("metrics/texts.txt",
                golden(texts(),
                       "Expected from rouge-score, sacrebleu, and by hand (COCO scorers, rouge "
                       "package, distinct, best of k)."));
}

TEST(MetricGolden, Numbers) {
  expect_golden("metrics/numbers.txt",
                golden(numbers(), "Expected from scipy's pearsonr, with x as 3, the mean."));
}

TEST(MetricGolden, Choices) {
  expect_golden("metrics/choices.txt",
                golden(choices(), "Expected from scikit-learn (macro_f1, matthews), and by hand."));
}

TEST(MetricGolden, Likelihoods) {
  expect_golden("metrics/likelihoods.txt", golden(likelihoods(), "Expected by hand."));
}

TEST(MetricGolden, Wordnet) {
  if (!has_wordnet()) GTEST_SKIP() << "WordNet is not here: install wordnet-base";
  GoldenSet set = texts();
  set.name = "wordnet";
  expect_golden("metrics/wordnet.txt", golden(set, "Expected from nltk's meteor_score."));
}

TEST(MetricGolden, MissesNoMetric) {
  const std::set<std::string> sets{"texts", "numbers", "choices", "likelihoods", "wordnet"};
  for (const Metric& metric : metrics()) {
    EXPECT_TRUE(sets.contains(set_of(metric))) << metric.name;
  }
}

}  // namespace
}  // namespace dovetail
