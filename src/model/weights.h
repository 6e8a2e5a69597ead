// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "model/config.h"

// Shape suffixes: D d_model, I heads * d_kv (of keys and values that groups of heads share: fewer),
// F d_ff, H heads, K relative-position buckets, P learned positions, V vocabulary.
namespace dovetail {

// The weights of a T5; those of a causal network are in the same places, with some of its own.
struct AttentionWeights {
  at::Tensor norm_D;
  at::Tensor q_ID, k_ID, v_ID, o_DI;
  at::Tensor relative_attention_bias_KH;  // self-attention of the first block; umt5: of every block
  at::Tensor qkv_ID;                      // GPT-2: in place of q, k and v, which stand there in it
  at::Tensor norm_bias_D, q_bias_I, k_bias_I, v_bias_I, qkv_bias_I, o_bias_D;  // causal
};

struct FeedForwardWeights {
  at::Tensor norm_D;
  at::Tensor wi_FD;    // gated: wi_0, the one that goes through the activation
  at::Tensor wi_1_FD;  // gated only
  at::Tensor wo_DF;
  at::Tensor norm_bias_D, wi_bias_F, wi_1_bias_F, wo_bias_D;  // causal
};

struct BlockWeights {
  AttentionWeights self_attention;
  AttentionWeights cross_attention;  // decoder only
  FeedForwardWeights feed_forward;
};

struct StackWeights {
  std::vector<BlockWeights> blocks;
  at::Tensor final_norm_D;
  at::Tensor final_norm_bias_D;  // causal
};

struct T5Weights {
  at::Tensor shared_VD;
  StackWeights encoder, decoder;
  at::Tensor lm_head_VD;    // undefined where tied to shared_VD
  at::Tensor positions_PD;  // learned positions of a causal network
};

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

// A tensor's name, shape and initial distribution: normal, or all the same (norms, biases).
struct WeightSpec {
  std::string name;  // as published
  std::vector<int64_t> shape;
  double standard_deviation = 0;  // 0: all are `constant`
  double constant = 1;
  bool transposed = false;  // whether files hold the transposed matrix (GPT-2's Conv1D)

  bool is_norm_scale() const { return standard_deviation == 0 && constant == 1; }
};

// Calls `visit` for every tensor of the model, in the order of the published checkpoints. Creating,
// loading and saving all use it, so that names, shapes and initial scales stand in one place.
void for_each_weight(const T5Config& config, T5Weights& weights,
                     const std::function<void(const WeightSpec&, at::Tensor&)>& visit);

// Random initial weights: T5's as in the original implementation (Mesh TensorFlow), by
// initializer_factor; a causal network's by initializer_range. Deterministic in the seed.
T5Weights random_weights(const T5Config& config, uint64_t seed);

// Weights that have shapes and no numbers (LibTorch's meta device), to see what fits a model.
T5Weights weights_without_numbers(const T5Config& config);

// Gives embedding and head rows for `vocab_size` ids, which are more than before. A new row is the
// mean of the old ones: with it a new token is at first neither likely nor unlikely. transformers'
// resize_token_embeddings draws its rows around the same mean.
void grow_embedding(int64_t vocab_size, T5Config& config, T5Weights& weights);

// The tensors with their published names; they share memory with `weights`.
NamedTensors named_tensors(const T5Config& config, const T5Weights& weights);

// A deep copy on a device; it shares no memory with the original.
T5Weights clone_weights(const T5Config& config, const T5Weights& weights,
                        const at::Device& device = at::kCPU);

}  // namespace dovetail
