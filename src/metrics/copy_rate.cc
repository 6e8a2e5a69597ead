// SPDX-License-Identifier: Apache-2.0
// How much of a prediction stands in one training output as it is. Where "to walk to the park" was
// learned, "walk to the mall" has a run of 3 of its 4 words: 0.75.
#include <algorithm>

#include "metrics/evidence.h"
#include "metrics/metric.h"
#include "metrics/tokens.h"

namespace dovetail {

Metric copy_rate() {
  return {.name = "copy_rate",
          .definition =
              "longest run of the prediction's words that one training output of the cell has, by "
              "the prediction's words; 0 for an empty prediction. Rote learning shows in it (cf. "
              "Shi et al. 2024, BLEU against training outputs)",
          .score = each_item("copy_rate", Evidence::training_outputs,
                             [](const ScoredItem& item) {
                               const auto words = std::ssize(split_white_space(item.prediction));
                               if (words == 0) return 0.0;
                               return static_cast<double>(std::min(item.copied_words, words)) /
                                      static_cast<double>(words);
                             }),
          .evidence = Evidence::training_outputs,
          .words = Words::between_blanks,
          .higher_is_better = false};
}

}  // namespace dovetail
