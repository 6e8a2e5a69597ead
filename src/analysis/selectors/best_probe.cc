// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/best_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dovetail {

namespace {

using ProbedChoices = std::vector<ProbedChoice>;

bool same_examples(const ProbedChoices& probed) {
  return std::all_of(probed.begin(), probed.end(), [&](const ProbedChoice& p) {
    return p.scores.num_items() == probed[0].scores.num_items();
  });
}

// Why these probes cannot be compared; "" if they can.
std::string why_unusable(const ProbedChoices& probed, const std::string& measure) {
  if (probed.empty()) return "no probe of this task holds " + measure;
  if (!same_examples(probed))
    return "the probes of this task hold different numbers of examples of " + measure;
  return "";
}

// Whether no candidate differs from another on any example.
bool are_alike(const ProbedChoices& probed) {
  return std::all_of(probed.begin(), probed.end(),
                     [&](const ProbedChoice& p) { return p.scores.rows == probed[0].scores.rows; });
}

// The share of resamples in which `best` stays the best. A resample that it shares with others
// counts in equal parts.
double share_of_resamples(const ProbedChoices& probed, size_t best, const Bootstrap& bootstrap) {
  std::vector<std::vector<double>> means;
  for (const ProbedChoice& p : probed) means.push_back(bootstrap.resampled_means(p.scores));
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

const Scores& scores_at(const ProbedChoices& probed, const Candidate& at) {
  return std::ranges::find(probed, at, &ProbedChoice::at)->scores;
}

// A base is the objective and adaptation that templates are tried on.
bool of_same_base(const Candidate& a, const Candidate& b) {
  return a.objective == b.objective && a.adaptation == b.adaptation;
}

// The mean over the rows, by example.
std::vector<double> mean_row(const Scores& scores) {
  std::vector<double> mean(static_cast<size_t>(scores.num_items()), 0.0);
  for (const std::vector<float>& row : scores.rows) {
    for (size_t i = 0; i < mean.size(); ++i)
      mean[i] += row[i] / static_cast<double>(scores.rows.size());
  }
  return mean;
}

// The values of one probed candidate less the mean over the templates of its base, by example.
// Empty where the base has no other template.
std::vector<double> within_base(const ProbedChoice& one, const ProbedChoices& all) {
  std::vector<double> deviation = mean_row(one.scores);
  std::vector<double> sum(deviation.size(), 0.0);
  double count = 0;
  for (const ProbedChoice& other : all) {
    if (!of_same_base(one.at, other.at)) continue;
    const std::vector<double> row = mean_row(other.scores);
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += row[i];
    ++count;
  }
  if (count < 2) return {};
  for (size_t i = 0; i < sum.size(); ++i) deviation[i] -= sum[i] / count;
  return deviation;
}

// A choice for each template: its deviations, averaged over the bases that have them.
ProbedChoices templates_within_bases(const ProbedChoices& all) {
  ProbedChoices templates;
  std::vector<double> bases;  // by template
  std::vector<std::vector<double>> sums;
  for (const ProbedChoice& one : all) {
    const std::vector<double> deviation = within_base(one, all);
    if (deviation.empty()) continue;
    size_t place = 0;
    while (place < templates.size() && templates[place].at.template_name != one.at.template_name)
      ++place;
    if (place == templates.size()) {
      templates.push_back({{"", "", one.at.template_name}, {{"0"}, {}}, one.tuned_on});
      bases.push_back(0);
      sums.emplace_back(deviation.size(), 0.0);
    }
    ++bases[place];
    for (size_t i = 0; i < deviation.size(); ++i) sums[place][i] += deviation[i];
  }
  for (size_t place = 0; place < templates.size(); ++place) {
    std::vector<float>& row = templates[place].scores.rows.emplace_back();
    for (const double sum : sums[place]) row.push_back(static_cast<float>(sum / bases[place]));
  }
  return templates;
}

}  // namespace

ProbedChoices probed_candidates(const SelectorContext& context, const std::string& measure,
                                Best best) {
  ProbedChoices found;
  for (const Candidate& candidate : context.candidates) {
    ProbedChoice probed{candidate, {}, 0};
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

Selection best_of(const ProbedChoices& probed, const SelectorContext& context,
                  const std::string& words) {
  if (probed.size() > 1 && are_alike(probed))
    return no_choice("all candidates have the same " + words + " on every example");
  std::vector<size_t> order(probed.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return probed[a].scores.mean() > probed[b].scores.mean();
  });
  const ProbedChoice& winner = probed[order[0]];
  Selection selection;
  selection.choice = winner.at;
  const int64_t items = winner.scores.num_items();
  selection.examples = items + winner.tuned_on;
  selection.reason = words;
  if (probed.size() == 1 || items < 2) return selection;
  const Bootstrap bootstrap(items, context.bootstrap);
  selection.statistic = "lead in " + words + " over the second";
  selection.value = bootstrap.difference(winner.scores, probed[order[1]].scores);
  selection.confidence = share_of_resamples(probed, order[0], bootstrap);
  return selection;
}

Selection best_probe(const SelectorContext& context, const std::string& measure, Best best,
                     const std::string& words) {
  const ProbedChoices probed = probed_candidates(context, measure, best);
  const std::string unusable = why_unusable(probed, measure);
  if (!unusable.empty()) return no_choice(unusable);
  Selection selection = best_of(probed, context, words);
  if (!selection.absent.empty()) return selection;
  const double mean = scores_at(probed, selection.choice).mean();
  selection.reason = fmt::format("{} {:.3f}, the {} of {} candidates", words, std::abs(mean),
                                 best == Best::highest ? "highest" : "lowest", probed.size());
  return selection;
}

Selection lowest_template_within_bases(const SelectorContext& context, const std::string& measure,
                                       const std::string& words) {
  const ProbedChoices probed = probed_candidates(context, measure, Best::lowest);
  const std::string unusable = why_unusable(probed, measure);
  if (!unusable.empty()) return no_choice(unusable);
  const ProbedChoices templates = templates_within_bases(probed);
  if (templates.size() < 2) return no_choice("no objective was probed with two templates");
  Selection selection = best_of(templates, context, words);
  if (!selection.absent.empty()) return selection;
  selection.reason = fmt::format(
      "{} {:.3f} below the mean of the templates of the same objective, the lowest of {} templates",
      words, scores_at(templates, selection.choice).mean(), templates.size());
  return selection;
}

}  // namespace dovetail
