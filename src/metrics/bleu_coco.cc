// SPDX-License-Identifier: Apache-2.0
// BLEU-1 to BLEU-4 as the scorer of COCO captions computes them, which COMET (Hwang et al. 2021)
// reports. Prediction "the the cat" against "the cat": "the" and "cat" count once each, so BLEU-1
// is 2/3; one of two bigrams matches, "the cat", so BLEU-2 is sqrt(2/3 * 1/2).
#include <cmath>

#include "metrics/bleu_statistics.h"
#include "metrics/evidence.h"
#include "metrics/metric.h"

namespace dovetail {

namespace {

constexpr double kTiny = 1e-15, kSmall = 1e-9;  // so that nothing is divided by 0

BleuStatistics coco_statistics(const ScoredItem& item) {
  return bleu_statistics(item.prediction, item.references, split_white_space);
}

double coco_bleu(const BleuStatistics& statistics, int longest) {
  double product = 1;
  for (int n = 0; n < longest; ++n) {
    product *= (static_cast<double>(statistics.correct[n]) + kTiny) /
               (static_cast<double>(statistics.total[n]) + kSmall);
  }
  const double mean = std::pow(product, 1.0 / longest);
  const double ratio = (static_cast<double>(statistics.length) + kTiny) /
                       (static_cast<double>(statistics.reference_length) + kSmall);
  return ratio < 1 ? mean * std::exp(1 - 1 / ratio) : mean;
}

}  // namespace

Metric bleu_coco(int longest) {
  const std::string name = fmt::format("bleu_{}", longest);
  return {.name = name,
          .definition =
              fmt::format("BLEU of {} (Papineni et al. 2002), as the COCO caption scorer and COMET "
                          "(Hwang et al. 2021) compute it: words between whitespace, case kept, "
                          "closest reference length, sentences smoothed by 1e-15/1e-9; "
                          "corpus-level: the corpus BLEU",
                          longest == 1 ? "words" : fmt::format("1 to {} words in a row", longest)),
          .score = each_item(name, Evidence::text,
                             [longest](const ScoredItem& item) {
                               return coco_bleu(coco_statistics(item), longest);
                             }),
          .corpus_score =
              [longest](std::span<const ScoredItem> items, std::span<const double>) {
                BleuStatistics sum;
                for (const ScoredItem& item : items) sum.add(coco_statistics(item));
                return coco_bleu(sum, longest);
              },
          .words = Words::between_blanks};
}

}  // namespace dovetail
