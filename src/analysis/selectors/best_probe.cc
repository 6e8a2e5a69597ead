// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/selectors/selectors.h"

namespace dovetail {

namespace {

struct Probed {
  Candidate at;
  Scores scores;  // a row a probe: its values by example, turned so that more is better
  int64_t tuned_on = 0;
};

std::vector<Probed> probed_candidates(const SelectorContext& context, const std::string& name,
                                      bool highest) {
  std::vector<Probed> found;
  for (const Candidate& candidate : context.candidates) {
    Probed probed{candidate, {}, 0};
    for (const Probe& probe : context.probes) {
      const auto values = probe.per_example.find(name);
      if (probe.shots != 0 || probe.at != candidate || values == probe.per_example.end()) continue;
      if (!probed.scores.rows.empty() && values->second.size() != probed.scores.rows[0].size())
        continue;
      probed.scores.seeds.push_back(std::to_string(probed.scores.seeds.size()));
      probed.scores.rows.push_back(values->second);
      probed.tuned_on = probe.tuned_on;
      for (float& value : probed.scores.rows.back()) value = highest ? value : -value;
    }
    if (!probed.scores.rows.empty()) found.push_back(std::move(probed));
  }
  return found;
}

bool same_examples(const std::vector<Probed>& probed) {
  return std::all_of(probed.begin(), probed.end(), [&](const Probed& p) {
    return p.scores.num_items() == probed[0].scores.num_items();
  });
}

// Whether no candidate differs from another on any example.
bool are_alike(const std::vector<Probed>& probed) {
  return std::all_of(probed.begin(), probed.end(),
                     [&](const Probed& p) { return p.scores.rows == probed[0].scores.rows; });
}

// The share of resamples in which `best` is still the best; of those in which others tie with it,
// its part.
double share_of_resamples(const std::vector<Probed>& probed, size_t best,
                          const Bootstrap& bootstrap) {
  std::vector<std::vector<double>> means;
  for (const Probed& p : probed) means.push_back(bootstrap.resampled_means(p.scores));
  double agree = 0;
  for (size_t r = 0; r < means[0].size(); ++r) {
    const bool beaten = std::any_of(means.begin(), means.end(),
                                    [&](const auto& m) { return m[r] > means[best][r]; });
    const auto tied = std::count_if(means.begin(), means.end(),
                                    [&](const auto& m) { return m[r] == means[best][r]; });
    if (!beaten) agree += 1 / static_cast<double>(tied);
  }
  return agree / static_cast<double>(means[0].size());
}

}  // namespace

Selection best_probe(const SelectorContext& context, const std::string& name, bool highest,
                     const std::string& what) {
  const std::vector<Probed> probed = probed_candidates(context, name, highest);
  if (probed.empty()) return nothing("no probe of this task holds " + name);
  if (!same_examples(probed))
    return nothing("the probes of this task hold different numbers of examples of " + name);
  if (probed.size() > 1 && are_alike(probed))
    return nothing("all candidates have the same " + what + " on every example");
  std::vector<size_t> order(probed.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return probed[a].scores.mean() > probed[b].scores.mean();
  });
  const Probed& best = probed[order[0]];
  Selection selection;
  selection.choice = best.at;
  selection.reason =
      fmt::format("{} {:.3f}, the {} of {} candidates", what, std::abs(best.scores.mean()),
                  highest ? "highest" : "lowest", probed.size());
  const int64_t items = best.scores.num_items();
  selection.examples = items + best.tuned_on;
  if (probed.size() == 1 || items < 2) return selection;
  const Bootstrap bootstrap(items, context.bootstrap);
  selection.statistic = "lead in " + what + " over the second";
  selection.value = bootstrap.difference(best.scores, probed[order[1]].scores);
  selection.confidence = share_of_resamples(probed, order[0], bootstrap);
  return selection;
}

}  // namespace dovetail
