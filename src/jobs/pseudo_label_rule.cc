// SPDX-License-Identifier: Apache-2.0
#include "jobs/pseudo_label_rule.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace dovetail {

namespace {

constexpr int64_t kDashStages = 10;

std::vector<double> mean_of(const std::vector<std::vector<double>>& rows) {
  std::vector<double> mean(rows.empty() ? 0 : rows.front().size());
  for (const std::vector<double>& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) mean[i] += row[i] / static_cast<double>(rows.size());
  }
  return mean;
}

double mean_largest(const std::vector<std::vector<double>>& rows) {
  double sum = 0;
  for (const std::vector<double>& row : rows) sum += std::ranges::max(row);
  return sum / static_cast<double>(rows.size());
}

double labelled_loss(const LabelEvidence& evidence) {
  double sum = 0;
  for (size_t i = 0; i < evidence.labelled.size(); ++i)
    sum -= std::log(evidence.labelled[i].at(evidence.labels[i]));
  return sum / static_cast<double>(evidence.labelled.size());
}

}  // namespace

PseudoLabelRule::PseudoLabelRule(const nlohmann::json& parameters, size_t num_labels,
                                 size_t pool_size, int64_t steps)
    : method_(parameters.at("method")),
      threshold_(parameters.at("threshold")),
      dash_c_(parameters.at("dash_c")),
      dash_gamma_(parameters.at("dash_gamma")),
      dash_rho_min_(parameters.at("dash_rho_min")),
      steps_(steps),
      counts_(num_labels),
      learned_(pool_size, -1) {}

std::vector<double> PseudoLabelRule::aligned(const std::vector<double>& probabilities,
                                             const LabelEvidence& evidence) const {
  const std::vector<double> labelled = mean_of(evidence.labelled), pool = mean_of(evidence.pool);
  std::vector<double> values = probabilities;
  for (size_t i = 0; i < values.size(); ++i) values[i] *= labelled[i] / std::max(pool[i], 1e-12);
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  for (double& value : values) value /= sum;
  return values;
}

double PseudoLabelRule::class_threshold(int64_t label) const {
  const int64_t most = std::ranges::max(counts_);
  const auto without = std::ranges::count(learned_, -1);
  const auto largest = std::max<int64_t>(most, without);
  if (largest == 0) return threshold_;
  const double learned = static_cast<double>(counts_[label]) / static_cast<double>(largest);
  return threshold_ * learned / (2 - learned);
}

bool PseudoLabelRule::passes_dash(double probability, const LabelEvidence& evidence, int64_t step) {
  if (dash_rho_ < 0) dash_rho_ = labelled_loss(evidence);
  const int64_t stage = step * kDashStages / std::max<int64_t>(1, steps_);
  const double rho = dash_c_ * std::pow(dash_gamma_, -static_cast<double>(stage)) * dash_rho_;
  return -std::log(probability) <= std::max(rho, dash_rho_min_);
}

std::vector<SelectedLabel> PseudoLabelRule::select(const LabelEvidence& evidence, int64_t step) {
  std::vector<SelectedLabel> selected;
  const double least =
      method_ == "adamatch" ? threshold_ * mean_largest(evidence.labelled) : threshold_;
  for (size_t i = 0; i < evidence.pool.size(); ++i) {
    const std::vector<double> probabilities =
        method_ == "adamatch" ? aligned(evidence.pool[i], evidence) : evidence.pool[i];
    const auto best = std::ranges::max_element(probabilities);
    const int64_t label = best - probabilities.begin();
    const bool passes = method_ == "flexmatch" ? *best >= class_threshold(label)
                        : method_ == "dash"    ? passes_dash(*best, evidence, step)
                                               : *best >= least;
    if (passes) selected.push_back({i, label});
  }
  if (method_ != "flexmatch") return selected;
  for (size_t i = 0; i < evidence.pool.size(); ++i) {
    const auto best = std::ranges::max_element(evidence.pool[i]);
    if (*best <= threshold_) continue;
    int64_t& known = learned_[evidence.pool_indices[i]];
    if (known >= 0) --counts_[known];
    known = best - evidence.pool[i].begin();
    ++counts_[known];
  }
  return selected;
}

}  // namespace dovetail
