// SPDX-License-Identifier: Apache-2.0
// The best of several predictions is what a reader may pick who knows the answer, not what the
// model gives: a number of its own, never one to compare with rouge_l.
#include <algorithm>

#include "metrics/evidence.h"
#include "metrics/longest_common_subsequence.h"
#include "metrics/metric.h"

namespace dovetail {

Metric best_of_k_rouge_l() {
  return {.name = "best_of_k_rouge_l",
          .definition =
              "the greatest rouge_l of the prediction and the further samples, over all "
              "references: grows "
              "with the number of samples, and is not comparable with rouge_l",
          .score = each_item(
              "best_of_k_rouge_l", Evidence::samples,
              [](const ScoredItem& item) {
                double best = best_over_references(item.prediction, item.references, rouge_l_f1);
                for (const std::string& sample : item.samples) {
                  best = std::max(best, best_over_references(sample, item.references, rouge_l_f1));
                }
                return best;
              }),
          .evidence = Evidence::samples};
}

}  // namespace dovetail
