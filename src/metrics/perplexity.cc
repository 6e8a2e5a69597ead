// SPDX-License-Identifier: Apache-2.0
// exp(-log p / tokens). Targets of 1 and 3 tokens with log-probabilities -2 and -2 have e^2 and
// e^(2/3), and e^(4/4) = e together, which is not their mean.
#include <cmath>

#include "metrics/evidence.h"
#include "metrics/metric.h"

namespace dovetail {

Metric perplexity() {
  return {.name = "perplexity",
          .definition =
              "exp of the mean negative log-probability of the target's tokens, with </s> and "
              "sentinels "
              "(not comparable between masked and unmasked templates), teacher forced on the first "
              "reference; 1 at best; corpus-level: over the tokens of all items",
          .score = each_item("perplexity", Evidence::target_likelihood,
                             [](const ScoredItem& item) {
                               return std::exp(-item.target_logprob /
                                               static_cast<double>(item.target_tokens));
                             }),
          .corpus_score =
              [](std::span<const ScoredItem> items, std::span<const double>) {
                double logprob = 0;
                int64_t tokens = 0;
                for (const ScoredItem& item : items) {
                  logprob += item.target_logprob;
                  tokens += item.target_tokens;
                }
                return std::exp(-logprob / static_cast<double>(tokens));
              },
          .evidence = Evidence::target_likelihood,
          .higher_is_better = false,
          .minimum = 1,
          .maximum = kUnbounded};
}

}  // namespace dovetail
