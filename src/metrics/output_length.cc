// SPDX-License-Identifier: Apache-2.0
// How long the predictions are, whatever the references: "to drive there" has three words.
#include "metrics/evidence.h"
#include "metrics/metric.h"
#include "metrics/tokens.h"

namespace dovetail {

Metric output_length() {
  return {
      .name = "output_length",
      .definition =
          "words of the prediction, between whitespace; more is neither better nor worse, but "
          "is sorted first",
      .score = each_item("output_length", Evidence::text,
                         [](const ScoredItem& item) {
                           return static_cast<double>(split_white_space(item.prediction).size());
                         }),
      .words = Words::between_blanks,
      .maximum = kUnbounded};
}

}  // namespace dovetail
