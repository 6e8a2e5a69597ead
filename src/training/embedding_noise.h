// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "training/batch.h"

// Shape suffixes: B batch, S source length, T target length, D d_model.
namespace dovetail {

// NEFTune (Jain et al. 2024): noise on the embeddings of a batch while it is trained on, uniform
// between -a and a, with a = alpha / sqrt(L D) in a row of L tokens; none on padding. Source and
// target are rows of their own where an encoder reads one and a decoder the other, and one row in a
// causal network. The numbers follow from the seed and the batch's shape.
struct EmbeddingNoise {
  at::Tensor source_BSD, target_BTD;
};
EmbeddingNoise draw_embedding_noise(const Batch& batch, int64_t d_model, bool one_row, double alpha,
                                    uint64_t seed);

}  // namespace dovetail
