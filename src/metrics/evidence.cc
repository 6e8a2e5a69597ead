// SPDX-License-Identifier: Apache-2.0
#include "metrics/evidence.h"

#include <algorithm>
#include <cmath>

namespace dovetail {

namespace {

bool none_is_nan(const std::vector<double>& values) {
  return std::none_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
}

bool has_choices(const ScoredItem& item) {
  return !item.choices.empty() && item.answer >= 0 &&
         item.answer < static_cast<int64_t>(item.choices.size());
}

bool has_likelihoods(const ScoredItem& item, const std::vector<double>& logprobs) {
  return logprobs.size() == item.choices.size() && none_is_nan(logprobs);
}

bool has_ranks(const ScoredItem& item) {
  const auto good = [](const std::vector<int64_t>& ranks) {
    return !ranks.empty() && *std::min_element(ranks.begin(), ranks.end()) >= 1;
  };
  return item.token_ranks.size() == item.references.size() &&
         std::all_of(item.token_ranks.begin(), item.token_ranks.end(), good);
}

// The key that the item lacks, with its meaning; empty when it has everything.
std::string lacking(Evidence evidence, const ScoredItem& item) {
  const std::string choices =
      R"("choices", a list of texts, with "answer", the index of the right one (from 0))";
  const std::string logprobs = R"("choice_logprobs", a number for each of the choices)";
  switch (evidence) {
    case Evidence::text: return "";
    case Evidence::choices: return has_choices(item) ? "" : choices;
    case Evidence::choice_likelihood:
      if (!has_choices(item)) return choices;
      return has_likelihoods(item, item.choice_logprobs) ? "" : logprobs;
    case Evidence::choice_priors:
      if (!has_choices(item)) return choices;
      if (!has_likelihoods(item, item.choice_logprobs)) return logprobs;
      return has_likelihoods(item, item.choice_priors)
                 ? ""
                 : R"("choice_priors", a number for each of the choices)";
    case Evidence::target_likelihood:
      return item.target_tokens > 0 && !std::isnan(item.target_logprob)
                 ? ""
                 : R"("target_logprob", a number, with "target_tokens", at least 1)";
    case Evidence::token_ranks:
      return has_ranks(item)
                 ? ""
                 : R"("token_ranks", for each reference a list of at least one rank (from 1))";
    case Evidence::samples:
      return item.samples.empty() ? R"("samples", a list of at least one text)" : "";
    case Evidence::training_outputs:
      return item.copied_words < 0
                 ? R"("copied_words", the most words in a row that one training output has)"
                 : "";
  }
  return "";
}

}  // namespace

void check_evidence(std::string_view metric, Evidence evidence, std::span<const ScoredItem> items) {
  for (size_t i = 0; i < items.size(); ++i) {
    DOVETAIL_CHECK(!items[i].references.empty());
    const std::string key = lacking(evidence, items[i]);
    if (!key.empty()) throw ItemError(i, fmt::format("the metric \"{}\" needs {}", metric, key));
  }
}

std::function<std::vector<double>(std::span<const ScoredItem>)> each_item(
    std::string metric, Evidence evidence, std::function<double(const ScoredItem&)> one) {
  return [=, one = std::move(one)](std::span<const ScoredItem> items) {
    check_evidence(metric, evidence, items);
    std::vector<double> scores;
    scores.reserve(items.size());
    for (const ScoredItem& item : items) scores.push_back(one(item));
    return scores;
  };
}

}  // namespace dovetail
