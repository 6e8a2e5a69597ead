// SPDX-License-Identifier: Apache-2.0
// 1 when the right choice is the likeliest: by its log-probability, by the mean over its tokens, or
// by the gain over its log-probability without the question. Two choices with log-probabilities -4
// and -6, 1 and 3 tokens, and -2 and -5 without the question: the first wins by log-probability,
// the second by the mean (-2 against -4) and by the gain (-1 against -2).
#include <algorithm>

#include "metrics/evidence.h"
#include "metrics/metric.h"

namespace dovetail {

namespace {

// The first of equal scores wins, so that no choice is preferred for being the right one.
double is_right(const std::vector<double>& scores, int64_t answer) {
  const auto best = std::max_element(scores.begin(), scores.end()) - scores.begin();
  return best == answer ? 1 : 0;
}

std::vector<double> per_token_scores(std::span<const ScoredItem> items) {
  constexpr auto kName = "accuracy_likelihood_normalized";
  check_evidence(kName, Evidence::choice_likelihood, items);
  std::vector<double> scores;
  for (const ScoredItem& item : items) {
    std::vector<double> means = item.choice_logprobs;
    const bool counted = item.choice_tokens.size() == means.size() &&
                         std::all_of(item.choice_tokens.begin(), item.choice_tokens.end(),
                                     [](int64_t n) { return n > 0; });
    if (!counted) {
      throw ItemError(
          scores.size(),
          fmt::format("the metric \"{}\" needs \"choice_tokens\", a count of at least 1 for "
                      "each of the choices",
                      kName));
    }
    for (size_t i = 0; i < means.size(); ++i)
      means[i] /= static_cast<double>(item.choice_tokens[i]);
    scores.push_back(is_right(means, item.answer));
  }
  return scores;
}

}  // namespace

Metric accuracy_likelihood() {
  return {
      .name = "accuracy_likelihood",
      .definition =
          "1 if the right choice has the greatest log-probability of all choices, summed over its "
          "tokens; the first of equal ones counts",
      .score = each_item(
          "accuracy_likelihood", Evidence::choice_likelihood,
          [](const ScoredItem& item) { return is_right(item.choice_logprobs, item.answer); }),
      .evidence = Evidence::choice_likelihood,
      .decides = Decides::exact_answers};
}

Metric accuracy_likelihood_normalized() {
  return {
      .name = "accuracy_likelihood_normalized",
      .definition =
          "1 if the right choice has the greatest log-probability per token, with </s> and "
          "sentinels (not comparable between masked and unmasked templates); the first of equal "
          "ones counts",
      .score = per_token_scores,
      .evidence = Evidence::choice_likelihood,
      .decides = Decides::exact_answers};
}

Metric accuracy_pmi() {
  return {
      .name = "accuracy_pmi",
      .definition =
          "1 if the right choice gains the most log-probability from the question: log p(choice | "
          "question) - log p(choice), the pointwise mutual information (Holtzman et al. 2021); the "
          "latter is given the template and its choices, without question and context; the first "
          "of equal ones counts",
      .score = each_item("accuracy_pmi", Evidence::choice_priors,
                         [](const ScoredItem& item) {
                           std::vector<double> gains = item.choice_logprobs;
                           for (size_t i = 0; i < gains.size(); ++i)
                             gains[i] -= item.choice_priors[i];
                           return is_right(gains, item.answer);
                         }),
      .evidence = Evidence::choice_priors,
      .decides = Decides::exact_answers};
}

}  // namespace dovetail
