// SPDX-License-Identifier: Apache-2.0
#include "model/position_bias.h"

#include <ATen/ops/embedding.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

namespace dovetail {

int64_t relative_position_bucket(int64_t relative_position, bool bidirectional, int64_t num_buckets,
                                 int64_t max_distance) {
  int64_t bucket = 0;
  int64_t distance = -relative_position;
  if (bidirectional) {
    num_buckets /= 2;
    if (relative_position > 0) bucket = num_buckets;
    distance = std::abs(relative_position);
  }
  distance = std::max<int64_t>(distance, 0);
  const int64_t max_exact = num_buckets / 2;
  if (distance < max_exact) return bucket + distance;
  // in single precision as in the reference implementation: rounding decides at some bucket borders
  const float ratio = std::log(static_cast<float>(distance) / static_cast<float>(max_exact)) /
                      static_cast<float>(std::log(static_cast<double>(max_distance) / max_exact));
  const int64_t logarithmic =
      max_exact + static_cast<int64_t>(ratio * static_cast<float>(num_buckets - max_exact));
  return bucket + std::min(logarithmic, num_buckets - 1);
}

at::Tensor position_bias(const at::Tensor& weight_KH, const T5Config& config, bool bidirectional,
                         int64_t first_query, int64_t num_queries, int64_t num_keys) {
  // computes each distance's bucket once
  const int64_t last_query = first_query + num_queries - 1;
  std::vector<int64_t> of_distance(num_keys + last_query + 1);
  for (int64_t distance = -last_query; distance < num_keys; ++distance) {
    of_distance[distance + last_query] =
        relative_position_bucket(distance, bidirectional, config.relative_attention_num_buckets,
                                 config.relative_attention_max_distance);
  }
  at::Tensor buckets = at::empty({num_queries * num_keys}, at::kLong);
  int64_t* bucket = buckets.data_ptr<int64_t>();
  for (int64_t query = 0; query < num_queries; ++query) {
    const int64_t* row = of_distance.data() + (num_queries - 1 - query);
    for (int64_t key = 0; key < num_keys; ++key) *bucket++ = row[key];
  }
  return at::embedding(weight_KH, buckets.to(weight_KH.device()))
      .view({num_queries, num_keys, config.num_heads})
      .permute({2, 0, 1})
      .unsqueeze(0)
      .contiguous();
}

at::Tensor self_attention_bias(const at::Tensor& weight_KH, const T5Config& config, bool decoder,
                               int64_t prefix, int64_t length) {
  const at::Tensor bias_HTS =
      position_bias(weight_KH, config, !decoder, prefix, length, prefix + length).squeeze(0);
  if (!decoder) return bias_HTS;
  const auto options = weight_KH.options().requires_grad(false);
  return bias_HTS +
         at::full({length, prefix + length}, std::numeric_limits<float>::lowest(), options)
             .triu(prefix + 1);
}

at::Tensor causal_bias(int64_t heads, int64_t length, const at::Device& device) {
  const auto options = at::TensorOptions().dtype(at::kFloat).device(device);
  return at::full({length, length}, std::numeric_limits<float>::lowest(), options)
      .triu(1)
      .expand({heads, length, length})
      .contiguous();
}

}  // namespace dovetail
