// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "kernels/activation_loops.h"
#include "kernels/attention.h"
#include "kernels/head_loss.h"
#include "kernels/linear.h"
#include "model/config.h"
#include "model/weights.h"

// Shape suffixes: B batch, S source length, T target length, D d_model, H heads, V vocabulary,
// C d_kv (channels of a head).
namespace dovetail {

// The weights of a block as the products use them: those that read the same input are joined.
struct BlockProjections {
  Projection self_qkv, self_o;
  Projection cross_q, cross_kv, cross_o;  // decoder only
  Projection wi, wo;                      // gated: wi_0 and wi_1
};

// The T5 family (Raffel et al. 2020): v1.0 and v1.1 shapes, relative position buckets (for UMT5 in
// every block), RMS norm without a mean, no biases, tied or untied head. Stateless but for its
// weights and what is switched on below.
class T5Model {
 public:
  T5Model(T5Config config, T5Weights weights);

  const T5Config& config() const { return config_; }
  const T5Weights& weights() const { return weights_; }
  at::Device device() const { return weights_.shared_VD.device(); }
  const std::vector<BlockProjections>& encoder_projections() const { return encoder_; }
  const std::vector<BlockProjections>& decoder_projections() const { return decoder_; }

  // Turns dropout on (with the rate given) or off. Off after construction. The seed decides what is
  // dropped: one for each forward pass.
  // Low-rank additions, which have a rate of their own, drop where a seed other than 0 is given.
  void set_dropout(double rate, uint64_t seed = 0);

  // Keep only what goes in and out of each block, and compute the rest again in the backward pass.
  void set_activation_checkpointing(bool on) { checkpointing_ = on; }

  // Puts a low-rank addition on one weight of a product, by its published name. Throws ConfigError
  // for a name that is none.
  void set_low_rank(const std::string& weight_name, LowRank low_rank);

  // ids: int64. Rows of the shared embedding.
  at::Tensor embed(const at::Tensor& ids_BS) const;

  // Lays copies of the weights out for the products, so that none has to be rearranged for each
  // call: for generation and evaluation, and both ways where they are frozen while something before
  // them is trained. Weights that change must not be packed; see PackedWeights.
  void set_packing(Packing packing);
  Packing packing() const { return packing_; }

  // mask_BS: 1 for tokens, 0 for padding (float). The encoder's normed output.
  at::Tensor encode(const at::Tensor& embedded_BSD, const at::Tensor& mask_BS) const;

  // Teacher forcing: hidden states before the head.
  at::Tensor decode(const at::Tensor& decoder_ids_BT, const at::Tensor& memory_BSD,
                    const at::Tensor& mask_BS) const;

  at::Tensor logits(const at::Tensor& hidden_BTD) const;

  // settings.weight times the summed loss of the labels [B, T] (kIgnored where there is none),
  // without ever holding the logits twice.
  at::Tensor loss(const at::Tensor& hidden_BTD, const at::Tensor& labels_BT,
                  const CrossEntropy& settings) const;

  Activation activation() const;
  double logit_scale() const;

 private:
  struct Stream;       // what flows through a stack
  struct BlockInputs;  // what else a block reads

  Stream block(const BlockWeights& w, const BlockProjections& p, const BlockInputs& in,
               const at::Tensor& next_norm_D, Stream stream, uint64_t first_site) const;
  Stream checkpointed_block(const BlockWeights& w, const BlockProjections& p, const BlockInputs& in,
                            const at::Tensor& next_norm_D, Stream stream,
                            uint64_t first_site) const;
  at::Tensor run_stack(const StackWeights& stack, const std::vector<BlockProjections>& projections,
                       const at::Tensor& embedded, BlockInputs inputs, uint64_t first_site) const;
  at::Tensor position_bias_of(const BlockWeights& block, bool decoder, int64_t length) const;
  Stream seam(const at::Tensor& hidden, const at::Tensor& x, const at::Tensor& norm_D,
              uint64_t site) const;
  Dropout site(uint64_t number) const;
  T5Config config_;
  T5Weights weights_;
  std::vector<BlockProjections> encoder_, decoder_;
  Projection head_;
  Dropout dropout_;
  bool checkpointing_ = false;
  Packing packing_ = Packing::none;
};

// Packed while this lives.
class PackedWeights {
 public:
  explicit PackedWeights(T5Model& model) : model_(model), was_(model.packing()) {
    if (was_ == Packing::none) model.set_packing(Packing::forward);
  }
  ~PackedWeights() {
    if (was_ == Packing::none) model_.set_packing(was_);
  }
  PackedWeights(const PackedWeights&) = delete;

 private:
  T5Model& model_;
  Packing was_;
};

}  // namespace dovetail
