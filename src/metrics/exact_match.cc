// SPDX-License-Identifier: Apache-2.0
// 1 when the prediction is one of the references, but for the case of ASCII letters and for
// blanks: runs of them count as one, and none count at the ends. " To  Drive" is "to drive";
// "to drive." is not: punctuation, accents and articles stay.
#include "metrics/metric.h"
#include "metrics/tokens.h"

namespace dovetail {

Metric exact_match() {
  return {
      .name = "exact_match",
      .definition =
          "1 if the prediction equals a reference but for case (ASCII) and blanks "
          "(runs and ends), else 0",
      .score = each_text([](std::string_view prediction, std::span<const std::string> references) {
        DOVETAIL_CHECK(!references.empty());
        const std::string wanted = normalised_answer(prediction);
        for (const std::string& reference : references) {
          if (normalised_answer(reference) == wanted) return 1.0;
        }
        return 0.0;
      })};
}

}  // namespace dovetail
