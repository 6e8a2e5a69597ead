// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "model/config.h"

// Shape suffixes: K buckets, H heads.
namespace dovetail {

// The bucket of a relative position (key position minus query position). Half of the buckets are
// exact, the rest grow logarithmically up to max_distance. Bidirectional (the encoder): one half of
// the buckets for each direction (Raffel et al. 2020, sec. 2.1; Shaw et al. 2018).
int64_t relative_position_bucket(int64_t relative_position, bool bidirectional, int64_t num_buckets,
                                 int64_t max_distance);

// The learned bias [1, H, num_queries, num_keys] of every head, for queries at first_query ..
// first_query + num_queries - 1 and keys at 0 .. num_keys - 1. Differentiable in the weight.
at::Tensor position_bias(const at::Tensor& weight_KH, const T5Config& config, bool bidirectional,
                         int64_t first_query, int64_t num_queries, int64_t num_keys);

// The same of a whole sequence behind `prefix` keys that all of its queries see: [H, length,
// prefix + length]. In the decoder a query sees no later key.
at::Tensor self_attention_bias(const at::Tensor& weight_KH, const T5Config& config, bool decoder,
                               int64_t prefix, int64_t length);

// Of a network without such a bias, whose tokens see those before them alone: [heads, length,
// length].
at::Tensor causal_bias(int64_t heads, int64_t length, const at::Device& device);

}  // namespace dovetail
