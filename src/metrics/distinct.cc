// SPDX-License-Identifier: Apache-2.0
// How varied the predictions are, whatever the references. For "to go", "to eat" and "to go": three
// of six words are different, so distinct_1 is 1/2.
#include <set>

#include "metrics/evidence.h"
#include "metrics/metric.h"
#include "metrics/ngrams.h"

namespace dovetail {

namespace {

double share(size_t different, size_t total) {
  return total == 0 ? 0 : static_cast<double>(different) / static_cast<double>(total);
}

double share_in_item(const ScoredItem& item, int order) {
  const Tokens tokens = split_white_space(item.prediction);
  return share(NgramCounts(tokens, order, order).entries().size(),
               num_ngrams(tokens.size(), order));
}

double share_in_all(std::span<const ScoredItem> items, int order) {
  std::set<std::string> different;
  size_t total = 0;
  for (const ScoredItem& item : items) {
    const Tokens tokens = split_white_space(item.prediction);
    total += num_ngrams(tokens.size(), order);
    const NgramCounts counts(tokens, order, order);
    for (const NgramCounts::Entry& entry : counts.entries()) different.insert(entry.text);
  }
  return share(different.size(), total);
}

}  // namespace

Metric distinct(int order) {
  const std::string name = fmt::format("distinct_{}", order);
  return {
      .name = name,
      .definition = fmt::format(
          "corpus-level: different {} of all predictions over their number, 0 without any (Li et "
          "al. 2016; between whitespace, case kept). An item: the same for its own prediction",
          order == 1 ? "words" : "pairs of neighbouring words"),
      .score = each_item(name, Evidence::text,
                         [order](const ScoredItem& item) { return share_in_item(item, order); }),
      .corpus_score = [order](std::span<const ScoredItem> items,
                              std::span<const double>) { return share_in_all(items, order); },
      .words = Words::between_blanks};
}

}  // namespace dovetail
