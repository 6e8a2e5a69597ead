// SPDX-License-Identifier: Apache-2.0
// The mean rank of the reference's tokens in the model's predictions, teacher forced. "to earn
// money" with the ranks 1, 53, 1 has 55/3, "to make money" with 1, 7, 1 has 3; depth_rank is their
// mean, 32/3, and depth_rank_min is 3.
#include <algorithm>
#include <numeric>

#include "metrics/evidence.h"
#include "metrics/metric.h"

namespace dovetail {

namespace {

double mean_rank(const std::vector<int64_t>& ranks) {
  const int64_t sum = std::accumulate(ranks.begin(), ranks.end(), int64_t{0});
  return static_cast<double>(sum) / static_cast<double>(ranks.size());
}

double of_references_mean(const ScoredItem& item) {
  double sum = 0;
  for (const std::vector<int64_t>& ranks : item.token_ranks) sum += mean_rank(ranks);
  return sum / static_cast<double>(item.token_ranks.size());
}

double of_references_least(const ScoredItem& item) {
  double least = kUnbounded;
  for (const std::vector<int64_t>& ranks : item.token_ranks)
    least = std::min(least, mean_rank(ranks));
  return least;
}

Metric rank_metric(const std::string& name, const std::string& over_references,
                   double (*one)(const ScoredItem&)) {
  return {
      .name = name,
      .definition =
          "mean rank of the reference's tokens in the model's predictions, 1 for the likeliest, "
          "without sentinels and </s> (DepthRank: Zhang et al. 2021, arXiv 2105.13607), " +
          over_references,
      .score = each_item(name, Evidence::token_ranks, one),
      .evidence = Evidence::token_ranks,
      .higher_is_better = false,
      .minimum = 1,
      .maximum = kUnbounded};
}

}  // namespace

Metric depth_rank() {
  return rank_metric("depth_rank", "the mean over the references", of_references_mean);
}

Metric depth_rank_min() {
  return rank_metric("depth_rank_min", "the least over the references (as MTO reports it)",
                     of_references_least);
}

}  // namespace dovetail
