// SPDX-License-Identifier: Apache-2.0
// The best of several predictions needs somebody who knows the answer to pick it, so this number
// must not be compared with rouge_l.
#include <algorithm>

#include "metrics/evidence.h"
#include "metrics/longest_common_subsequence.h"
#include "metrics/metric.h"

namespace dovetail {

Metric best_of_k_rouge_l() {
  return {.name = "best_of_k_rouge_l",
          .definition =
              "the greatest rouge_l of the prediction and the further samples, over all "
              "references; it grows with the number of samples, and is not comparable with rouge_l",
          .score = each_item(
              "best_of_k_rouge_l", Evidence::samples,
              [](const ScoredItem& item) {
                double best = best_over_references(item.prediction, item.references, rouge_l_f1);
                for (const std::string& sample : item.samples) {
                  best = std::max(best, best_over_references(sample, item.references, rouge_l_f1));
                }
                return best;
              }),
          .evidence = Evidence::samples,
          .words = Words::ascii};
}

}  // namespace dovetail
