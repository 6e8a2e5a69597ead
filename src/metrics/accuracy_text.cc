// SPDX-License-Identifier: Apache-2.0
// 1 when the prediction equals the text of the right choice, compared as in exact_match. Containing
// it is not enough: neither "a desk drawer" nor "desk." answers "desk".
#include "metrics/evidence.h"
#include "metrics/metric.h"
#include "metrics/tokens.h"

namespace dovetail {

Metric accuracy_text() {
  return {.name = "accuracy_text",
          .definition =
              "1 if the prediction equals the text of the right choice, ignoring case and "
              "repeated or outer whitespace, else 0; a text that contains it does not count",
          .score = each_item("accuracy_text", Evidence::choices,
                             [](const ScoredItem& item) {
                               return normalised_answer(item.prediction) ==
                                              normalised_answer(item.choices[item.answer])
                                          ? 1.0
                                          : 0.0;
                             }),
          .evidence = Evidence::choices,
          .decides = Decides::exact_answers};
}

}  // namespace dovetail
