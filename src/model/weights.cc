// SPDX-License-Identifier: Apache-2.0
#include "model/weights.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <cmath>

#include "base/random.h"
#include "model/causal_weights.h"

namespace dovetail {

namespace {

using Visit = std::function<void(const WeightSpec&, at::Tensor&)>;

void visit_attention(const T5Config& c, const std::string& layer, const std::string& attention,
                     bool has_bias, AttentionWeights& w, const Visit& visit) {
  const std::string prefix = layer + attention + ".";
  const double d_model = static_cast<double>(c.d_model);
  const double inner = static_cast<double>(c.inner_dim());
  visit({prefix + "q.weight", {c.inner_dim(), c.d_model}, std::pow(d_model * c.d_kv, -0.5)},
        w.q_ID);
  visit({prefix + "k.weight", {c.inner_dim(), c.d_model}, std::pow(d_model, -0.5)}, w.k_ID);
  visit({prefix + "v.weight", {c.inner_dim(), c.d_model}, std::pow(d_model, -0.5)}, w.v_ID);
  visit({prefix + "o.weight", {c.d_model, c.inner_dim()}, std::pow(inner, -0.5)}, w.o_DI);
  if (has_bias) {
    visit({prefix + "relative_attention_bias.weight",
           {c.relative_attention_num_buckets, c.num_heads},
           std::pow(d_model, -0.5)},
          w.relative_attention_bias_KH);
  }
  visit({layer + "layer_norm.weight", {c.d_model}}, w.norm_D);
}

void visit_feed_forward(const T5Config& c, const std::string& layer, FeedForwardWeights& w,
                        const Visit& visit) {
  const std::string prefix = layer + "DenseReluDense.";
  const double in_scale = std::pow(static_cast<double>(c.d_model), -0.5);
  const double out_scale = std::pow(static_cast<double>(c.d_ff), -0.5);
  if (c.gated()) {
    visit({prefix + "wi_0.weight", {c.d_ff, c.d_model}, in_scale}, w.wi_FD);
    visit({prefix + "wi_1.weight", {c.d_ff, c.d_model}, in_scale}, w.wi_1_FD);
  } else {
    visit({prefix + "wi.weight", {c.d_ff, c.d_model}, in_scale}, w.wi_FD);
  }
  visit({prefix + "wo.weight", {c.d_model, c.d_ff}, out_scale}, w.wo_DF);
  visit({layer + "layer_norm.weight", {c.d_model}}, w.norm_D);
}

void visit_stack(const T5Config& c, const std::string& name, int64_t num_layers, bool is_decoder,
                 StackWeights& stack, const Visit& visit) {
  stack.blocks.resize(num_layers);
  for (int64_t i = 0; i < num_layers; ++i) {
    BlockWeights& block = stack.blocks[i];
    const std::string prefix = name + ".block." + std::to_string(i) + ".layer.";
    visit_attention(c, prefix + "0.", "SelfAttention", i == 0 || c.bias_in_every_block,
                    block.self_attention, visit);
    if (is_decoder) {
      visit_attention(c, prefix + "1.", "EncDecAttention", false, block.cross_attention, visit);
    }
    visit_feed_forward(c, prefix + (is_decoder ? "2." : "1."), block.feed_forward, visit);
  }
  visit({name + ".final_layer_norm.weight", {c.d_model}}, stack.final_norm_D);
}

}  // namespace

void for_each_weight(const T5Config& config, T5Weights& weights, const Visit& visit) {
  if (config.is_causal()) return for_each_causal_weight(config, weights, visit);
  visit({"shared.weight", {config.vocab_size, config.d_model}, 1.0}, weights.shared_VD);
  visit_stack(config, "encoder", config.num_layers, false, weights.encoder, visit);
  visit_stack(config, "decoder", config.num_decoder_layers, true, weights.decoder, visit);
  if (!config.tie_word_embeddings) {
    visit({"lm_head.weight", {config.vocab_size, config.d_model}, 1.0}, weights.lm_head_VD);
  }
}

T5Weights random_weights(const T5Config& config, uint64_t seed) {
  T5Weights weights;
  auto generator = at::detail::createCPUGenerator(derive_seed(seed, "weights"));
  for_each_weight(config, weights, [&](const WeightSpec& spec, at::Tensor& tensor) {
    tensor = at::empty(spec.shape, at::kFloat);
    if (spec.standard_deviation == 0) {
      tensor.fill_(spec.constant * config.initializer_factor);
    } else {
      tensor.normal_(0.0, spec.standard_deviation * config.initializer_factor, generator);
    }
  });
  return weights;
}

NamedTensors named_tensors(const T5Config& config, const T5Weights& weights) {
  NamedTensors named;
  T5Weights copy = weights;  // handles, not data
  for_each_weight(config, copy, [&](const WeightSpec& spec, at::Tensor& tensor) {
    named.emplace_back(spec.name, tensor);
  });
  return named;
}

T5Weights weights_without_numbers(const T5Config& config) {
  T5Weights weights;
  for_each_weight(config, weights, [](const WeightSpec& spec, at::Tensor& tensor) {
    tensor = at::empty(spec.shape, at::TensorOptions().dtype(at::kFloat).device(at::kMeta));
  });
  return weights;
}

void grow_embedding(int64_t vocab_size, T5Config& config, T5Weights& weights) {
  const int64_t num_new = vocab_size - config.vocab_size;
  for (at::Tensor* rows_VD : {&weights.shared_VD, &weights.lm_head_VD}) {
    if (!rows_VD->defined()) continue;
    *rows_VD = at::cat({*rows_VD, rows_VD->mean(0, /*keepdim=*/true).expand({num_new, -1})});
  }
  config.vocab_size = vocab_size;
}

T5Weights clone_weights(const T5Config& config, const T5Weights& weights,
                        const at::Device& device) {
  T5Weights copy = weights;
  for_each_weight(config, copy, [&](const WeightSpec&, at::Tensor& tensor) {
    tensor =
        tensor.detach().to(device, tensor.scalar_type(), /*non_blocking=*/false, /*copy=*/true);
  });
  return copy;
}

}  // namespace dovetail
