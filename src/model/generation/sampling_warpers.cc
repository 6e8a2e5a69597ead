// SPDX-License-Identifier: Apache-2.0
#include "model/generation/sampling_warpers.h"

#include <ATen/ops/zeros_like.h>
#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace dovetail {

using at::Tensor;

namespace {

constexpr float kExcluded = -std::numeric_limits<float>::infinity();

// The lowest of the `count` highest scores of each row, [rows, 1].
Tensor least_of_best(const Tensor& scores_RV, int64_t count) {
  const int64_t kept = std::min(count, scores_RV.size(-1));
  return std::get<0>(scores_RV.topk(kept)).slice(-1, kept - 1, kept);
}

// -sum of p log p over each row, [rows, 1]; excluded tokens count nothing.
Tensor entropy_of(const Tensor& log_probs_RV) {
  return -(log_probs_RV * log_probs_RV.exp()).nansum(-1, /*keepdim=*/true);
}

// Top-h sampling (Baigzadeh Potraghloo et al. 2025): the likeliest tokens whose terms of the
// entropy add up to this share of it. As in transformers, among the best hundred.
Tensor top_h(const Tensor& scores_RV, double share) {
  constexpr int64_t kConsidered = 100;
  const auto [best, places] = scores_RV.topk(std::min(kConsidered, scores_RV.size(-1)));
  const Tensor log_probs = best.log_softmax(-1);
  const Tensor terms = (-(log_probs * log_probs.exp())).nan_to_num(0.0);
  Tensor kept = terms.cumsum(-1) <= terms.sum(-1, /*keepdim=*/true) * share;
  kept.slice(-1, 0, 1).fill_(true);
  const Tensor mask = at::zeros_like(scores_RV, at::kBool).scatter(-1, places, kept);
  return scores_RV.masked_fill(mask.logical_not(), kExcluded);
}

// Drops tokens from the least likely upwards while their total probability is at most 1 - top_p.
Tensor top_p(const Tensor& scores_RV, double probability, int64_t min_tokens_to_keep) {
  const auto [ascending, places] = scores_RV.sort(-1, /*descending=*/false);
  Tensor dropped = ascending.softmax(-1).cumsum(-1) <= 1.0 - probability;
  dropped.slice(-1, dropped.size(-1) - min_tokens_to_keep, dropped.size(-1)).fill_(false);
  return scores_RV.masked_fill(dropped.scatter(-1, places, dropped), kExcluded);
}

Tensor min_p(const Tensor& scores_RV, double share, int64_t min_tokens_to_keep) {
  const Tensor probabilities = scores_RV.softmax(-1);
  const Tensor dropped = probabilities < probabilities.amax(-1, /*keepdim=*/true) * share;
  const int64_t kept = std::min(min_tokens_to_keep, scores_RV.size(-1));
  return scores_RV.masked_fill(
      dropped.scatter(-1, std::get<1>(probabilities.topk(kept)), /*value=*/false), kExcluded);
}

// Locally typical sampling (Meister et al. 2023).
Tensor typical_p(const Tensor& scores_RV, double mass, int64_t min_tokens_to_keep) {
  const Tensor log_probs = scores_RV.log_softmax(-1);
  const auto [distances, places] = (-log_probs - entropy_of(log_probs)).abs().sort(-1);
  const Tensor sums = scores_RV.gather(-1, places).softmax(-1).cumsum(-1);
  const Tensor last = (sums < mass).sum(-1, /*keepdim=*/true).clamp_max(distances.size(-1) - 1);
  Tensor dropped = distances > distances.gather(-1, last);
  dropped.slice(-1, 0, min_tokens_to_keep).fill_(false);
  return scores_RV.masked_fill(dropped.scatter(-1, places, dropped), kExcluded);
}

// Keeps tokens of at least this probability (a number, or one for each row).
template <typename Threshold>
Tensor at_least(const Tensor& scores_RV, const Threshold& probability, int64_t min_tokens_to_keep) {
  const Tensor dropped = (scores_RV.softmax(-1) < probability)
                             .logical_and(scores_RV < least_of_best(scores_RV, min_tokens_to_keep));
  return scores_RV.masked_fill(dropped, kExcluded);
}

// Eta sampling (Hewitt et al. 2022): the smaller of epsilon and sqrt(epsilon) exp(-entropy).
Tensor eta_thresholds(const Tensor& scores_RV, double epsilon) {
  const Tensor entropy_R1 = entropy_of(scores_RV.log_softmax(-1));
  return ((-entropy_R1).exp() * std::sqrt(static_cast<float>(epsilon))).clamp_max(epsilon);
}

}  // namespace

Tensor warp_for_sampling(const Tensor& scores_RV, const GenerationSettings& settings,
                         int64_t min_tokens_to_keep) {
  const int64_t least = min_tokens_to_keep;
  Tensor scores = scores_RV;
  if (settings.temperature != 1.0) scores = scores / settings.temperature;
  if (settings.top_h) scores = top_h(scores, *settings.top_h);
  if (settings.top_k > 0) {
    const Tensor lowest = least_of_best(scores, std::max(settings.top_k, least));
    scores = scores.masked_fill(scores < lowest, kExcluded);
  }
  if (settings.top_p < 1.0) scores = top_p(scores, settings.top_p, least);
  if (settings.min_p > 0) scores = min_p(scores, settings.min_p, least);
  if (settings.typical_p < 1.0) scores = typical_p(scores, settings.typical_p, least);
  if (settings.epsilon_cutoff > 0) scores = at_least(scores, settings.epsilon_cutoff, least);
  if (settings.eta_cutoff > 0)
    scores = at_least(scores, eta_thresholds(scores, settings.eta_cutoff), least);
  return scores;
}

}  // namespace dovetail
