// SPDX-License-Identifier: Apache-2.0
#include "model/causal_weights.h"

#include <cmath>

namespace dovetail {

namespace {

class CausalVisitor {
 public:
  CausalVisitor(const T5Config& config,
                const std::function<void(const WeightSpec&, at::Tensor&)>& visit)
      : c_(config), scale_(config.causal->initializer_range), visit_(visit) {}

  void llama(T5Weights& w) const {
    visit_({"model.embed_tokens.weight", {c_.vocab_size, c_.d_model}, scale_}, w.shared_VD);
    w.decoder.blocks.resize(c_.num_decoder_layers);
    for (size_t i = 0; i < w.decoder.blocks.size(); ++i)
      llama_block("model.layers." + std::to_string(i) + ".", w.decoder.blocks[i]);
    norm("model.norm", w.decoder.final_norm_D, w.decoder.final_norm_bias_D);
    head(w);
  }

  void gpt2(T5Weights& w) const {
    visit_({"transformer.wte.weight", {c_.vocab_size, c_.d_model}, scale_}, w.shared_VD);
    visit_({"transformer.wpe.weight", {c_.causal->max_position_embeddings, c_.d_model}, scale_},
           w.positions_PD);
    w.decoder.blocks.resize(c_.num_decoder_layers);
    for (size_t i = 0; i < w.decoder.blocks.size(); ++i)
      gpt2_block("transformer.h." + std::to_string(i) + ".", w.decoder.blocks[i]);
    norm("transformer.ln_f", w.decoder.final_norm_D, w.decoder.final_norm_bias_D);
    head(w);
  }

 private:
  void llama_block(const std::string& block, BlockWeights& w) const {
    AttentionWeights& own = w.self_attention;
    const std::string attention = block + "self_attn.", mlp = block + "mlp.";
    const bool bias = c_.causal->attention_bias;
    const int64_t inner = c_.inner_dim(), kv = c_.key_value_dim();
    linear(attention + "q_proj", inner, c_.d_model, own.q_ID, bias ? &own.q_bias_I : nullptr);
    linear(attention + "k_proj", kv, c_.d_model, own.k_ID, bias ? &own.k_bias_I : nullptr);
    linear(attention + "v_proj", kv, c_.d_model, own.v_ID, bias ? &own.v_bias_I : nullptr);
    linear(attention + "o_proj", c_.d_model, inner, own.o_DI, bias ? &own.o_bias_D : nullptr);
    FeedForwardWeights& ff = w.feed_forward;
    const bool mlp_bias = c_.causal->mlp_bias;
    linear(mlp + "gate_proj", c_.d_ff, c_.d_model, ff.wi_FD, mlp_bias ? &ff.wi_bias_F : nullptr);
    linear(mlp + "up_proj", c_.d_ff, c_.d_model, ff.wi_1_FD, mlp_bias ? &ff.wi_1_bias_F : nullptr);
    linear(mlp + "down_proj", c_.d_model, c_.d_ff, ff.wo_DF, mlp_bias ? &ff.wo_bias_D : nullptr);
    norm(block + "input_layernorm", own.norm_D, own.norm_bias_D);
    norm(block + "post_attention_layernorm", ff.norm_D, ff.norm_bias_D);
  }

  void gpt2_block(const std::string& block, BlockWeights& w) const {
    AttentionWeights& own = w.self_attention;
    FeedForwardWeights& ff = w.feed_forward;
    const double residual = scale_ / std::sqrt(2.0 * static_cast<double>(c_.num_decoder_layers));
    norm(block + "ln_1", own.norm_D, own.norm_bias_D);
    conv1d(block + "attn.c_attn", 3 * c_.inner_dim(), c_.d_model, scale_, own.qkv_ID,
           own.qkv_bias_I);
    conv1d(block + "attn.c_proj", c_.d_model, c_.inner_dim(), residual, own.o_DI, own.o_bias_D);
    norm(block + "ln_2", ff.norm_D, ff.norm_bias_D);
    conv1d(block + "mlp.c_fc", c_.d_ff, c_.d_model, scale_, ff.wi_FD, ff.wi_bias_F);
    conv1d(block + "mlp.c_proj", c_.d_model, c_.d_ff, residual, ff.wo_DF, ff.wo_bias_D);
  }

  void linear(const std::string& module, int64_t rows, int64_t columns, at::Tensor& weight,
              at::Tensor* bias) const {
    visit_({module + ".weight", {rows, columns}, scale_}, weight);
    if (bias != nullptr) visit_({module + ".bias", {rows}, 0, 0}, *bias);
  }

  void conv1d(const std::string& module, int64_t rows, int64_t columns, double scale,
              at::Tensor& weight, at::Tensor& bias) const {
    visit_({module + ".weight", {rows, columns}, scale, 0, /*transposed=*/true}, weight);
    visit_({module + ".bias", {rows}, 0, 0}, bias);
  }

  void norm(const std::string& module, at::Tensor& scale_D, at::Tensor& bias_D) const {
    visit_({module + ".weight", {c_.d_model}}, scale_D);
    if (c_.causal->layer_norm) visit_({module + ".bias", {c_.d_model}, 0, 0}, bias_D);
  }

  void head(T5Weights& w) const {
    if (c_.tie_word_embeddings) return;
    visit_({"lm_head.weight", {c_.vocab_size, c_.d_model}, scale_}, w.lm_head_VD);
  }

  const T5Config& c_;
  const double scale_;
  const std::function<void(const WeightSpec&, at::Tensor&)>& visit_;
};

}  // namespace

void for_each_causal_weight(const T5Config& config, T5Weights& weights,
                            const std::function<void(const WeightSpec&, at::Tensor&)>& visit) {
  const CausalVisitor visitor(config, visit);
  if (config.model_type == "llama") {
    visitor.llama(weights);
  } else {
    visitor.gpt2(weights);
  }
}

}  // namespace dovetail
