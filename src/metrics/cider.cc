// SPDX-License-Identifier: Apache-2.0
// N-grams are weighted by their inverse document frequency over the reference sets: tf * log(items
// / items with it). For two items with the references "a b" and "a c", "a" weighs 0, "b" and "c"
// log 2. So a test set of one item scores 0 for any prediction.
#include <array>
#include <cmath>
#include <numbers>

#include "metrics/evidence.h"
#include "metrics/metric.h"
#include "metrics/ngrams.h"

namespace dovetail {

namespace {

constexpr int kLongest = 4;
constexpr double kSigma = 6;

using Orders = std::array<double, kLongest>;

// The weights of a text's n-grams in their order of appearance.
struct Weighted {
  const NgramCounts* counts = nullptr;
  std::vector<double> weights;
  std::unordered_map<std::string_view, double> by_text;
  Orders norms{};
  int length = 0;  // bigrams, as in the published scorer: one less than words
};

class Weigher {
 public:
  explicit Weigher(const std::vector<std::vector<NgramCounts>>& references)
      : log_items_(std::log(static_cast<double>(references.size()))) {
    for (const std::vector<NgramCounts>& item : references) {
      std::unordered_map<std::string_view, bool> seen;
      for (const NgramCounts& counts : item) {
        for (const NgramCounts::Entry& entry : counts.entries()) {
          if (seen.try_emplace(entry.text, true).second) ++items_with_[entry.text];
        }
      }
    }
  }

  Weighted operator()(const NgramCounts& counts) const {
    Weighted result{.counts = &counts};
    for (const NgramCounts::Entry& entry : counts.entries()) {
      const auto found = items_with_.find(entry.text);
      const double items = found == items_with_.end() ? 0 : found->second;
      const double weight = entry.count * (log_items_ - std::log(std::max(1.0, items)));
      result.weights.push_back(weight);
      result.by_text.emplace(entry.text, weight);
      result.norms[entry.order - 1] += weight * weight;
      if (entry.order == 2) result.length += entry.count;
    }
    for (double& norm : result.norms) norm = std::sqrt(norm);
    return result;
  }

 private:
  double log_items_;
  std::unordered_map<std::string_view, int> items_with_;
};

// CIDEr-D's cosine for each order: a weight of the prediction counts at most as much as the
// reference's, and a difference in length costs. std::pow(e, x) as in the published scorer:
// std::exp rounds differently.
Orders similarity(const Weighted& prediction, const Weighted& reference) {
  Orders result{};
  const std::vector<NgramCounts::Entry>& entries = prediction.counts->entries();
  for (size_t i = 0; i < entries.size(); ++i) {
    const auto found = reference.by_text.find(entries[i].text);
    const double other = found == reference.by_text.end() ? 0 : found->second;
    result[entries[i].order - 1] += std::min(prediction.weights[i], other) * other;
  }
  const double delta = prediction.length - reference.length;
  const double penalty = std::pow(std::numbers::e, -(delta * delta) / (2 * kSigma * kSigma));
  for (int n = 0; n < kLongest; ++n) {
    if (prediction.norms[n] != 0 && reference.norms[n] != 0) {
      result[n] /= prediction.norms[n] * reference.norms[n];
    }
    result[n] *= penalty;
  }
  return result;
}

double cider_score(const NgramCounts& prediction, const std::vector<NgramCounts>& references,
                   const Weigher& weigh) {
  const Weighted predicted = weigh(prediction);
  Orders sums{};
  for (const NgramCounts& reference : references) {
    const Orders one = similarity(predicted, weigh(reference));
    for (int n = 0; n < kLongest; ++n) sums[n] += one[n];
  }
  double sum = 0;
  for (const double order : sums) sum += order;
  return sum / kLongest / static_cast<double>(references.size()) * 10;
}

std::vector<double> cider_scores(std::span<const ScoredItem> items) {
  check_evidence("cider", Evidence::text, items);
  std::vector<std::vector<NgramCounts>> references;
  for (const ScoredItem& item : items) {
    std::vector<NgramCounts>& counts = references.emplace_back();
    for (const std::string& text : item.references) {
      counts.emplace_back(split_white_space(text), 1, kLongest);
    }
  }
  const Weigher weigh(references);
  std::vector<double> scores;
  for (size_t i = 0; i < items.size(); ++i) {
    const NgramCounts prediction(split_white_space(items[i].prediction), 1, kLongest);
    scores.push_back(cider_score(prediction, references[i], weigh));
  }
  return scores;
}

}  // namespace

Metric cider() {
  return {
      .name = "cider",
      .definition =
          "CIDEr-D (Vedantam et al. 2015), 0 to 10: clipped cosine of tf-idf weights of 1 to 4 "
          "words in a row, Gaussian length penalty of sigma 6, mean over references and orders, "
          "times 10; document frequencies over the reference sets of the items scored together",
      .score = cider_scores,
      .words = Words::between_blanks,
      .maximum = 10};
}

}  // namespace dovetail
