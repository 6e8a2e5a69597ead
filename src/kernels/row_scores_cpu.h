// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dovetail {

// x = x - log(sum of e^x), for `count` numbers. Minus infinity stays what it is.
void log_softmax_row(float* x, int64_t count);

// The log-probability of one id under logits, and its rank: 1 + the number of larger ones.
struct IdScore {
  float logprob;
  int64_t rank;
};
IdScore score_of_id(const float* logits, int64_t count, int64_t id);

// The k largest numbers of a row and their places, the largest first; k is at most `count`. Of
// equal ones the first comes first.
void top_of_row(const float* x, int64_t count, int64_t k, float* scores, int64_t* places);

}  // namespace dovetail
