// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "model/config.h"

// Shape suffixes: D d_model, I heads * d_kv, F d_ff, H heads, K relative-position buckets, V
// vocabulary.
namespace dovetail {

struct AttentionWeights {
  torch::Tensor norm_D;
  torch::Tensor q_ID, k_ID, v_ID, o_DI;
  torch::Tensor
      relative_attention_bias_KH;  // self-attention of the first block; umt5: of every block
};

struct FeedForwardWeights {
  torch::Tensor norm_D;
  torch::Tensor wi_FD;    // gated: wi_0, the one that goes through the activation
  torch::Tensor wi_1_FD;  // gated only
  torch::Tensor wo_DF;
};

struct BlockWeights {
  AttentionWeights self_attention;
  AttentionWeights cross_attention;  // decoder only
  FeedForwardWeights feed_forward;
};

struct StackWeights {
  std::vector<BlockWeights> blocks;
  torch::Tensor final_norm_D;
};

struct T5Weights {
  torch::Tensor shared_VD;
  StackWeights encoder, decoder;
  torch::Tensor lm_head_VD;  // undefined where tied to shared_VD
};

using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

// How a tensor starts: normal with this standard deviation, or ones (the norms).
struct WeightSpec {
  std::string name;  // as published
  std::vector<int64_t> shape;
  double standard_deviation = 0;  // 0: ones
};

// Calls visit for every tensor of the model, in the order of the published checkpoints. The one
// place that knows names, shapes and initial scales: creating, loading and saving all go through
// it.
void for_each_weight(const T5Config& config, T5Weights& weights,
                     const std::function<void(const WeightSpec&, torch::Tensor&)>& visit);

// A random start, as in the original implementation (Mesh TensorFlow; transformers'
// initializer_factor 1). Deterministic in the seed.
T5Weights random_weights(const T5Config& config, uint64_t seed);

NamedTensors named_tensors(const T5Config& config, const T5Weights& weights);

// Deep copy on a device: the tensors share nothing with the original.
T5Weights clone_weights(const T5Config& config, const T5Weights& weights,
                        const torch::Device& device = torch::kCPU);

}  // namespace dovetail
