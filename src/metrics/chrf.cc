// SPDX-License-Identifier: Apache-2.0
// F2 of character n-grams, without whitespace. Prediction "ab" against "abc": 2 of 2 single
// characters are in the reference's 3, and 1 of 1 pairs in its 2; the prediction has no longer
// n-grams. Mean precision 1, mean recall (2/3 + 1/2) / 2 = 7/12; F2 = 5 * 7/12 / (4 + 7/12) = 7/11.
#include <array>
#include <string_view>
#include <unordered_map>

#include "metrics/evidence.h"
#include "metrics/metric.h"
#include "metrics/tokens.h"
#include "text/utf8.h"

namespace dovetail {

namespace {

constexpr int kOrders = 6;
constexpr double kBeta2 = 2 * 2;

struct Order {
  int64_t prediction = 0, reference = 0, common = 0;
};
using Statistics = std::array<Order, kOrders>;

class CharacterCounts {
 public:
  explicit CharacterCounts(std::string_view text) {
    for (const std::string& token : split_white_space(text)) text_ += token;
    std::vector<size_t> begins;
    for (size_t i = 0; i < text_.size();
         i += first_character(std::string_view(text_).substr(i)).length) {
      begins.push_back(i);
    }
    length_ = begins.size();
    begins.push_back(text_.size());
    for (int n = 1; n <= kOrders; ++n) {
      for (size_t i = 0; i + n <= length_; ++i) {
        ++counts_[n - 1][std::string_view(text_).substr(begins[i], begins[i + n] - begins[i])];
      }
    }
  }
  CharacterCounts(const CharacterCounts&) = delete;  // the keys point into text_
  CharacterCounts& operator=(const CharacterCounts&) = delete;

  // Orders that the reference is too short for do not count for the prediction either.
  Statistics against(const CharacterCounts& reference) const {
    Statistics result;
    for (int n = 0; n < kOrders; ++n) {
      result[n].reference = reference.total(n);
      result[n].prediction = result[n].reference > 0 ? total(n) : 0;
      for (const auto& [text, count] : counts_[n]) {
        const auto found = reference.counts_[n].find(text);
        if (found != reference.counts_[n].end()) result[n].common += std::min(count, found->second);
      }
    }
    return result;
  }

 private:
  int64_t total(int n) const {
    const auto order = static_cast<size_t>(n);
    return length_ > order ? static_cast<int64_t>(length_ - order) : 0;
  }

  std::string text_;
  size_t length_ = 0;
  std::array<std::unordered_map<std::string_view, int64_t>, kOrders> counts_;
};

// Precision and recall are means over the orders that both sides have.
double f_score(const Statistics& statistics) {
  double precision = 0, recall = 0;
  int orders = 0;
  for (const Order& order : statistics) {
    if (order.prediction == 0 || order.reference == 0) continue;
    precision += static_cast<double>(order.common) / static_cast<double>(order.prediction);
    recall += static_cast<double>(order.common) / static_cast<double>(order.reference);
    ++orders;
  }
  if (precision + recall == 0) return 0;
  precision /= orders;
  recall /= orders;
  return (1 + kBeta2) * precision * recall / (kBeta2 * precision + recall);
}

// The counts against the reference that gives the best F.
Statistics best_statistics(const ScoredItem& item) {
  const CharacterCounts prediction(item.prediction);
  Statistics best{};
  double best_score = -1;
  for (const std::string& reference : item.references) {
    const Statistics candidate = prediction.against(CharacterCounts(reference));
    const double score = f_score(candidate);
    if (score > best_score) best = candidate, best_score = score;
  }
  return best;
}

double corpus_chrf(std::span<const ScoredItem> items, std::span<const double>) {
  Statistics sum{};
  for (const ScoredItem& item : items) {
    const Statistics one = best_statistics(item);
    for (int n = 0; n < kOrders; ++n) {
      sum[n].prediction += one[n].prediction;
      sum[n].reference += one[n].reference;
      sum[n].common += one[n].common;
    }
  }
  return f_score(sum);
}

}  // namespace

Metric chrf() {
  return {
      .name = "chrf",
      .definition =
          "chrF2 (Popovic 2015) as sacrebleu computes it, divided by 100: F with beta 2 of 1 to 6 "
          "characters in a row, without whitespace, case kept, the best over the references; "
          "corpus-level: the corpus chrF",
      .score = each_item("chrf", Evidence::text,
                         [](const ScoredItem& item) { return f_score(best_statistics(item)); }),
      .corpus_score = corpus_chrf};
}

}  // namespace dovetail
