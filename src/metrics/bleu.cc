// SPDX-License-Identifier: Apache-2.0
// BLEU as sacrebleu prints it, divided by 100. Prediction "to drive" against "to drive there": both
// words and the one pair match. A single item leaves out the longer orders, which the prediction
// does not have, so only the length costs: exp(1 - 3/2).
#include <cmath>

#include "metrics/bleu_statistics.h"
#include "metrics/evidence.h"
#include "metrics/metric.h"
#include "metrics/tokenizer_13a.h"

namespace dovetail {

namespace {

BleuStatistics sacrebleu_statistics(const ScoredItem& item) {
  return bleu_statistics(item.prediction, item.references, tokenize_13a);
}

// Orders without a match count as 1/2, 1/4, ... of a match ("exp" smoothing: Chen and Cherry 2014,
// method 3). A prediction that is too short for an order scores 0; with `effective`, such orders
// are left out.
double sacrebleu(const BleuStatistics& statistics, bool effective) {
  double smoothing = 1, log_sum = 0;
  int orders = 0;
  bool any = false;
  for (; orders < kBleuOrders && statistics.total[orders] > 0; ++orders) {
    auto correct = static_cast<double>(statistics.correct[orders]);
    any |= correct > 0;
    if (correct == 0) correct = 1 / (smoothing *= 2);
    log_sum += std::log(correct / static_cast<double>(statistics.total[orders]));
  }
  if (!any || (!effective && orders < kBleuOrders)) return 0;
  const double mean = std::exp(log_sum / orders);
  if (statistics.length >= statistics.reference_length) return mean;
  return mean * std::exp(1 - static_cast<double>(statistics.reference_length) /
                                 static_cast<double>(statistics.length));
}

}  // namespace

Metric bleu() {
  return {
      .name = "bleu",
      .definition =
          "BLEU-4 (Papineni et al. 2002) as sacrebleu (Post 2018) computes it, divided by 100: "
          "tokenizer 13a, case kept, exp smoothing, closest reference length; an item scores its "
          "sentence BLEU with effective order; corpus-level: the corpus BLEU",
      .score = each_item(
          "bleu", Evidence::text,
          [](const ScoredItem& item) { return sacrebleu(sacrebleu_statistics(item), true); }),
      .corpus_score =
          [](std::span<const ScoredItem> items, std::span<const double>) {
            BleuStatistics sum;
            for (const ScoredItem& item : items) sum.add(sacrebleu_statistics(item));
            return sacrebleu(sum, false);
          },
      .words = Words::between_blanks};
}

}  // namespace dovetail
