// SPDX-License-Identifier: Apache-2.0
#include "metrics/confusion.h"

#include "metrics/evidence.h"
#include "metrics/tokens.h"

namespace dovetail {

namespace {

struct Pair {
  std::string given, predicted;
};

Pair classes_of(const ScoredItem& item) {
  Pair pair{normalised_answer(item.choices[item.answer]), kNoLabel};
  const std::string prediction = normalised_answer(item.prediction);
  for (const std::string& choice : item.choices) {
    if (normalised_answer(choice) == prediction) pair.predicted = prediction;
  }
  return pair;
}

}  // namespace

Confusion confusion(std::span<const ScoredItem> items) {
  Confusion result;
  for (const ScoredItem& item : items) {
    const Pair pair = classes_of(item);
    const bool right = pair.given == pair.predicted;
    ++result.classes[pair.given].given;
    ++result.classes[pair.predicted].predicted;
    result.classes[pair.given].correct += right;
    result.correct += right;
    ++result.total;
  }
  return result;
}

std::vector<double> right_or_wrong(const std::string& metric, std::span<const ScoredItem> items) {
  return each_item(metric, Evidence::choices, [](const ScoredItem& item) {
    const Pair pair = classes_of(item);
    return pair.given == pair.predicted ? 1.0 : 0.0;
  })(items);
}

}  // namespace dovetail
