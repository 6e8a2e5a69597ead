// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "analysis/selectors/matching.h"
#include "analysis/selectors/selector_rules.h"

namespace dovetail {

namespace {

constexpr double kThreshold = 0.30;  // as published

// The two probes whose depth ranks the index compares: same model, same examples.
struct MaskabilityPair {
  const Probe* prefix = nullptr;
  const Probe* masked = nullptr;
};

const std::vector<float>* values_of(const Probe& probe, const std::string& name) {
  const auto found = probe.per_example.find(name);
  return found == probe.per_example.end() ? nullptr : &found->second;
}

// The higher, the nearer to the published setting: some shots (published: 5) before none, a model
// without adaptation before an adapted one, the conventional objective before another, prompting
// (with the relation's phrase) before mapping. The first of equals wins.
int preference(const Probe& probe, const SelectorContext& context) {
  const bool adapted = !probe.at.adaptation.empty() && probe.at.adaptation != "none";
  const AxisTraits& form = traits_of(context, "template", probe.at.template_name);
  return (probe.shots > 0 ? 8 : 0) + (adapted ? 0 : 4) +
         (probe.at.objective == context.conventional_objective ? 2 : 0) +
         (form.says_relation ? 1 : 0);
}

// Whether `masked` is the same template as `prefix` with a sentinel added.
bool are_twins(const AxisTraits& prefix, const AxisTraits& masked) {
  return prefix.answer_style == AnswerStyle::continuation &&
         masked.answer_style == AnswerStyle::infill && prefix.form == masked.form &&
         prefix.says_relation == masked.says_relation;
}

std::optional<MaskabilityPair> find_pair(const SelectorContext& context, const std::string& name) {
  std::optional<MaskabilityPair> best;
  for (const Probe& prefix : context.probes) {
    for (const Probe& masked : context.probes) {
      const bool same_model = masked.at.objective == prefix.at.objective &&
                              masked.at.adaptation == prefix.at.adaptation &&
                              masked.shots == prefix.shots;
      if (!same_model || !are_twins(traits_of(context, "template", prefix.at.template_name),
                                    traits_of(context, "template", masked.at.template_name))) {
        continue;
      }
      const auto *a = values_of(prefix, name), *b = values_of(masked, name);
      if (!a || !b || a->size() != b->size()) continue;
      if (!best || preference(prefix, context) > preference(*best->prefix, context))
        best = MaskabilityPair{&prefix, &masked};
    }
  }
  return best;
}

double index_of(double prefix, double masked) { return (prefix - masked) / prefix; }

Estimate interval(std::vector<double> resampled, double index, int64_t items,
                  const BootstrapOptions& options) {
  std::sort(resampled.begin(), resampled.end());
  const double tail = (1 - options.confidence) / 2;
  return {index, quantile(resampled, tail), quantile(resampled, 1 - tail), items, 1};
}

}  // namespace

// MI = (DepthRank of prefix - DepthRank of masked) / DepthRank of prefix. Ranks count from 1, so
// the divisor is at least 1.
Selection selector::maskability(const SelectorContext& context, const std::string& depth_rank) {
  const std::optional<MaskabilityPair> pair = find_pair(context, depth_rank);
  if (!pair)
    return no_choice("no model was probed with a template and its masked form for " + depth_rank);
  const Scores prefix{{"0"}, {*values_of(*pair->prefix, depth_rank)}},
      masked{{"0"}, {*values_of(*pair->masked, depth_rank)}};
  const double index = index_of(prefix.mean(), masked.mean());
  const bool filling = index >= kThreshold;
  const Bootstrap bootstrap(prefix.num_items(), context.bootstrap);
  std::vector<double> resampled = bootstrap.resampled_means(prefix);
  const std::vector<double> other = bootstrap.resampled_means(masked);
  int64_t agree = 0;
  for (size_t r = 0; r < resampled.size(); ++r) {
    resampled[r] = index_of(resampled[r], other[r]);
    agree += (resampled[r] >= kThreshold) == filling;
  }
  Selection selection;
  selection.examples = prefix.num_items() + pair->prefix->tuned_on;
  selection.choice = matching(filling ? AnswerKind::filling : AnswerKind::phrasal, context);
  selection.confidence = static_cast<double>(agree) / static_cast<double>(resampled.size());
  selection.statistic = "Maskability Index";
  selection.value = interval(std::move(resampled), index, prefix.num_items(), context.bootstrap);
  selection.reason = fmt::format(
      "Maskability Index {:.2f}, threshold {:.2f}: depth rank {:.1f} under {} and {:.1f} under {}, "
      "of {} after {} shots",
      index, kThreshold, prefix.mean(), pair->prefix->at.template_name, masked.mean(),
      pair->masked->at.template_name, pair->prefix->at.objective, pair->prefix->shots);
  return selection;
}

}  // namespace dovetail
