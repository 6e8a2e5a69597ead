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

// One test example with what the model made of it. Which of the later fields are filled depends on
// what the metrics asked for need; see Evidence.
struct ScoredItem {
  std::string prediction;
  std::vector<std::string> references;       // at least one
  std::vector<std::string> choices = {};     // of a question or a classification
  int64_t answer = -1;                       // index into choices
  std::vector<std::string> samples = {};     // further predictions, of best-of-k
  std::vector<double> choice_logprobs = {};  // nats, summed over a choice's tokens and </s>
  std::vector<int64_t> choice_tokens = {};   // how many those are
  std::vector<double> choice_priors = {};    // the same log-probabilities without the question
  double target_logprob = 0;                 // of the first reference, nats, with </s>
  int64_t target_tokens = 0;
  // Of each reference, token by token: 1 for the likeliest. Sentinels and </s> are left out.
  std::vector<std::vector<int64_t>> token_ranks = {};
};

// What a metric needs beside prediction and references.
enum class Evidence {
  text,
  choices,
  choice_likelihood,
  choice_priors,
  target_likelihood,
  token_ranks,
  samples
};

// An item that a metric cannot score, and why: a key that is missing, a reference that is no
// number. It stops the scoring; no number stands for an error.
class ItemError : public DataError {
 public:
  ItemError(size_t index, const std::string& why);

  const size_t item;         // from 0
  const std::string reason;  // a sentence without its place, for who knows a better one
};

// Scores a test set: a number an item, and one for all. Scores may depend on the other items
// (CIDEr's document frequencies). Both throw ItemError where an item lacks what `evidence` names.
struct Metric {
  std::string name;
  std::string definition;  // with its source
  std::function<std::vector<double>(std::span<const ScoredItem> items)> score;
  // Mean of the scores where it is empty (summed in pairs, as numpy.mean sums).
  std::function<double(std::span<const ScoredItem> items, std::span<const double> scores)>
      aggregate = {};
  Evidence evidence = Evidence::text;
  bool higher_is_better = true;
  double minimum = 0, maximum = 1;  // no score and no aggregate is beyond

  double of_all(std::span<const ScoredItem> items, std::span<const double> scores) const;
  // Of a single item.
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
