// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dovetail {

// The terms of a token's loss.
struct CrossEntropy {
  float label_smoothing = 0;  // part of the target's mass that is spread over the vocabulary
  float z_loss = 0;           // times log(Z)^2 is added (Chowdhery et al. 2022, sec. 5)
  float weight = 1;           // of the loss, in the gradient
};

// Returns the unweighted loss of one row of logits (nats) for `label`. Writes weight * d loss / d
// logits to `gradient` unless it is null; it may be the logits themselves.
float cross_entropy_row(const float* logits, int64_t vocab_size, int64_t label,
                        const CrossEntropy& settings, float* gradient);

}  // namespace dovetail
