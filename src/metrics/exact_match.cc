// SPDX-License-Identifier: Apache-2.0
// 1 when the prediction equals a reference. Case does not matter, runs of whitespace count as one
// space, and whitespace at the ends is trimmed: " To  Drive" equals "to drive", and "ÄRGER"
// equals "ärger". Punctuation, accents and articles matter: "to drive." does not.
#include "metrics/metric.h"
#include "metrics/tokens.h"

namespace dovetail {

Metric exact_match() {
  return {
      .name = "exact_match",
      .definition =
          "1 if the prediction equals a reference, ignoring case (the canonical caseless match of "
          "Unicode 15, D145) and repeated or outer whitespace, else 0",
      .score = each_text([](std::string_view prediction, std::span<const std::string> references) {
        DOVETAIL_CHECK(!references.empty());
        const std::string wanted = normalised_answer(prediction);
        for (const std::string& reference : references) {
          if (normalised_answer(reference) == wanted) return 1.0;
        }
        return 0.0;
      }),
      .decides = Decides::exact_answers};
}

}  // namespace dovetail
