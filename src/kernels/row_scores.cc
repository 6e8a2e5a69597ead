// SPDX-License-Identifier: Apache-2.0
#include "kernels/row_scores.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/log_softmax.h>

#include "base/error.h"
#include "kernels/autograd_node.h"
#include "kernels/row_scores_cpu.h"

namespace dovetail {

using at::Tensor;

namespace {

// Calls one_row(row) for each row, on threads where there is enough work.
template <typename OneRow>
void for_score_rows(const Tensor& scores, OneRow one_row) {
  constexpr int64_t kWorthAThread = 1 << 15;  // numbers
  const int64_t grain = std::max<int64_t>(1, kWorthAThread / std::max<int64_t>(1, scores.size(1)));
  at::parallel_for(0, scores.size(0), grain, [&](int64_t first, int64_t last) {
    for (int64_t row = first; row < last; ++row) one_row(row);
  });
}

bool is_fast(const Tensor& scores) { return is_plain_float(scores) && scores.is_contiguous(); }

}  // namespace

Tensor log_softmax_rows(const Tensor& logits_RV) {
  if (!is_fast(logits_RV)) return at::log_softmax(logits_RV, -1);
  const int64_t width = logits_RV.size(1);
  float* rows = logits_RV.data_ptr<float>();
  for_score_rows(logits_RV, [&](int64_t row) { log_softmax_row(rows + row * width, width); });
  return logits_RV;
}

IdScores scores_of_ids(const Tensor& logits_RV, const Tensor& ids_R) {
  if (!is_fast(logits_RV)) {
    const Tensor chosen_R1 = logits_RV.gather(1, ids_R.unsqueeze(1));
    return {chosen_R1.squeeze(1) - logits_RV.logsumexp(1), (logits_RV > chosen_R1).sum(1) + 1};
  }
  const int64_t width = logits_RV.size(1);
  const float* rows = logits_RV.const_data_ptr<float>();
  const int64_t* id = ids_R.const_data_ptr<int64_t>();
  const IdScores found{at::empty({logits_RV.size(0)}, at::kFloat),
                       at::empty({logits_RV.size(0)}, at::kLong)};
  float* logprobs = found.logprobs_R.data_ptr<float>();
  int64_t* ranks = found.ranks_R.data_ptr<int64_t>();
  for_score_rows(logits_RV, [&](int64_t row) {
    const IdScore score = score_of_id(rows + row * width, width, id[row]);
    logprobs[row] = score.logprob;
    ranks[row] = score.rank;
  });
  return found;
}

TopScores top_scores(const Tensor& scores_RX, int64_t k) {
  const int64_t width = scores_RX.size(1);
  DOVETAIL_CHECK(k >= 1 && k <= width);
  if (!is_fast(scores_RX)) {
    const auto [scores, places] = scores_RX.topk(k);
    return {scores, places};
  }
  const float* rows = scores_RX.const_data_ptr<float>();
  const TopScores top{at::empty({scores_RX.size(0), k}, at::kFloat),
                      at::empty({scores_RX.size(0), k}, at::kLong)};
  float* scores = top.scores_RK.data_ptr<float>();
  int64_t* places = top.places_RK.data_ptr<int64_t>();
  for_score_rows(scores_RX, [&](int64_t row) {
    top_of_row(rows + row * width, width, k, scores + row * k, places + row * k);
  });
  return top;
}

}  // namespace dovetail
