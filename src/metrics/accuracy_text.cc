// SPDX-License-Identifier: Apache-2.0
// The prediction is the text of the right choice, compared as exact_match compares. It does not
// suffice to hold it: "a desk drawer" does not answer "desk", nor does "desk." with a full stop.
#include "metrics/evidence.h"
#include "metrics/metric.h"
#include "metrics/tokens.h"

namespace dovetail {

Metric accuracy_text() {
  return {
      .name = "accuracy_text",
      .definition =
          "1 if the prediction equals the text of the right choice but for case (ASCII) and blanks "
          "(runs and ends), else 0; a text that contains it does not count",
      .score = each_item("accuracy_text", Evidence::choices,
                         [](const ScoredItem& item) {
                           return normalised_answer(item.prediction) ==
                                          normalised_answer(item.choices[item.answer])
                                      ? 1.0
                                      : 0.0;
                         }),
      .evidence = Evidence::choices};
}

}  // namespace dovetail
