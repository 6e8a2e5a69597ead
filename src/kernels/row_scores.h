// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

// What a search does with the scores of all next tokens. Shape suffixes: R rows, V vocabulary, X
// any length. No autograd.
namespace dovetail {

// The log-softmax of each row. On the CPU it takes the place of the logits.
at::Tensor log_softmax_rows(const at::Tensor& logits_RV);

// The log-probabilities of one id a row (int64 [R]), and their ranks: 1 for the likeliest; equal
// logits share the better rank.
struct IdScores {
  at::Tensor logprobs_R, ranks_R;  // float32, int64
};
IdScores scores_of_ids(const at::Tensor& logits_RV, const at::Tensor& ids_R);

struct TopScores {
  at::Tensor scores_RK, places_RK;  // the second int64
};

// The k largest of each row, the largest first. On the CPU, the first of equal scores comes first.
TopScores top_scores(const at::Tensor& scores_RX, int64_t k);

}  // namespace dovetail
