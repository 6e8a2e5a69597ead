// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/best_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dovetail {

namespace {

struct ProbedCandidate {
  Candidate at;
  Scores scores;  // a row a probe: its values by example, negated if the lowest is best
  int64_t tuned_on = 0;
};
using ProbedCandidates = std::vector<ProbedCandidate>;

ProbedCandidates probed_candidates(const SelectorContext& context, const std::string& measure,
                                   Best best) {
  ProbedCandidates found;
  for (const Candidate& candidate : context.candidates) {
    ProbedCandidate probed{candidate, {}, 0};
    for (const Probe& probe : context.probes) {
      const auto values = probe.per_example.find(measure);
      if (probe.shots != 0 || probe.at != candidate || values == probe.per_example.end()) continue;
      if (!probed.scores.rows.empty() && values->second.size() != probed.scores.rows[0].size())
        continue;
      probed.scores.seeds.push_back(std::to_string(probed.scores.seeds.size()));
      probed.scores.rows.push_back(values->second);
      probed.tuned_on = probe.tuned_on;
      for (float& value : probed.scores.rows.back()) value = best == Best::highest ? value : -value;
    }
    if (!probed.scores.rows.empty()) found.push_back(std::move(probed));
  }
  return found;
}

bool same_examples(const ProbedCandidates& probed) {
  return std::all_of(probed.begin(), probed.end(), [&](const ProbedCandidate& p) {
    return p.scores.num_items() == probed[0].scores.num_items();
  });
}

// Whether no candidate differs from another on any example.
bool are_alike(const ProbedCandidates& probed) {
  return std::all_of(probed.begin(), probed.end(), [&](const ProbedCandidate& p) {
    return p.scores.rows == probed[0].scores.rows;
  });
}

// The share of resamples in which `best` stays the best. A resample that it shares with others
// counts in equal parts.
double share_of_resamples(const ProbedCandidates& probed, size_t best, const Bootstrap& bootstrap) {
  std::vector<std::vector<double>> means;
  for (const ProbedCandidate& p : probed) means.push_back(bootstrap.resampled_means(p.scores));
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

Selection best_probe(const SelectorContext& context, const std::string& measure, Best best,
                     const std::string& words) {
  const ProbedCandidates probed = probed_candidates(context, measure, best);
  if (probed.empty()) return no_choice("no probe of this task holds " + measure);
  if (!same_examples(probed))
    return no_choice("the probes of this task hold different numbers of examples of " + measure);
  if (probed.size() > 1 && are_alike(probed))
    return no_choice("all candidates have the same " + words + " on every example");
  std::vector<size_t> order(probed.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return probed[a].scores.mean() > probed[b].scores.mean();
  });
  const ProbedCandidate& winner = probed[order[0]];
  Selection selection;
  selection.choice = winner.at;
  selection.reason =
      fmt::format("{} {:.3f}, the {} of {} candidates", words, std::abs(winner.scores.mean()),
                  best == Best::highest ? "highest" : "lowest", probed.size());
  const int64_t items = winner.scores.num_items();
  selection.examples = items + winner.tuned_on;
  if (probed.size() == 1 || items < 2) return selection;
  const Bootstrap bootstrap(items, context.bootstrap);
  selection.statistic = "lead in " + words + " over the second";
  selection.value = bootstrap.difference(winner.scores, probed[order[1]].scores);
  selection.confidence = share_of_resamples(probed, order[0], bootstrap);
  return selection;
}

}  // namespace dovetail
