// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace dovetail {

inline constexpr double kUnbounded = std::numeric_limits<double>::infinity();

// One test example with the model's prediction. Which of the later fields are filled depends on the
// metrics that are measured; see Evidence.
struct ScoredItem {
  std::string prediction;
  std::vector<std::string> references;       // at least one
  std::vector<std::string> choices = {};     // in a question or a classification
  int64_t answer = -1;                       // index into choices
  std::vector<std::string> samples = {};     // further predictions, for best-of-k
  std::vector<double> choice_logprobs = {};  // nats, summed over a choice's tokens and </s>
  std::vector<int64_t> choice_tokens = {};   // the number of these tokens
  std::vector<double> choice_priors = {};    // the same log-probabilities without the question
  double target_logprob = 0;                 // nats, the first reference with </s>
  int64_t target_tokens = 0;
  // The longest run of the prediction's words that one training output has (TrainingOutputs); -1:
  // not known.
  int64_t copied_words = -1;
  // The ranks of each reference's tokens, 1 for the likeliest; without sentinels and </s>.
  std::vector<std::vector<int64_t>> token_ranks = {};
};

// The fields of ScoredItem that a metric needs beside prediction and references.
enum class Evidence {
  text,
  choices,
  choice_likelihood,
  choice_priors,
  target_likelihood,
  token_ranks,
  samples,
  training_outputs
};

// How a metric finds the words of a text, which decides the languages that it can read; coverage.h
// has the rule. An item whose references it cannot read has no score.
enum class Words {
  all,             // reads every script: it compares characters, whole texts, likelihoods
  ascii,           // runs of [a-z0-9], as the rouge-score package: other letters are lost
  between_blanks,  // what stands between blanks: a phrase of Chinese or Thai is one word
  xlsum            // as XL-Sum: Chinese ideographs are words, kana and Thai stand between blanks
};

// Thrown for an item that a metric cannot score, such as one with a missing key or a reference that
// is no number. It stops the scoring; no number stands for an error.
class ItemError : public DataError {
 public:
  ItemError(size_t index, const std::string& why);

  const size_t item;         // from 0
  const std::string reason;  // the sentence without the item's number, for callers that know a file
};

// The tasks whose primary metric this is, if it is measured: tasks whose answers are right or
// wrong, or tasks whose answers are free text. Of several, the first in the catalogue decides.
enum class Decides { nothing, exact_answers, free_text };

// Scores a test set: a number for each item, and one for all. An item's score may depend on the
// other items (CIDEr's document frequencies). It is NaN where the metric cannot read the item's
// references: missing, and no 0. Both functions throw ItemError where an item lacks the fields that
// `evidence` names.
struct Metric {
  std::string name;
  std::string definition;  // with its source
  std::function<std::vector<double>(std::span<const ScoredItem> items)> score;
  // The corpus-level score. Empty: the mean of the items' scores, summed in pairs as in numpy.mean.
  std::function<double(std::span<const ScoredItem> items, std::span<const double> scores)>
      corpus_score = {};
  Evidence evidence = Evidence::text;
  Words words = Words::all;
  bool higher_is_better = true;
  double minimum = 0, maximum = 1;  // bounds of every score, corpus-level ones too
  Decides decides = Decides::nothing;

  // Whether the score of a test set is more than the mean of its items' scores.
  bool corpus_level() const { return bool(corpus_score); }

  // The score of all items, from their own scores. Missing ones are left out; NaN if all are.
  double of_all(std::span<const ScoredItem> items, std::span<const double> scores) const;
  // The score of a single item.
  double of(std::string prediction, std::vector<std::string> references) const;
};

// A metric's score from a function of one prediction and its references.
std::function<std::vector<double>(std::span<const ScoredItem>)> each_text(
    std::function<double(std::string_view prediction, std::span<const std::string> references)>
        one);

// The catalogue (metrics.inc).
const std::vector<Metric>& metrics();
const Metric& find_metric(const std::string& name);

}  // namespace dovetail
