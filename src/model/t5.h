// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "kernels/activation_cpu.h"
#include "kernels/add_norm.h"
#include "kernels/attention.h"
#include "kernels/head_loss.h"
#include "kernels/linear.h"
#include "model/block_additions.h"
#include "model/config.h"
#include "model/weights.h"

// Shape suffixes: B batch, S source length, T target length, X either length, D d_model, H heads,
// V vocabulary, C d_kv (channels of a head).
namespace dovetail {

// The weights of a block as linear() takes them: weights that read the same input are joined.
struct BlockProjections {
  Projection self_qkv, self_o;
  Projection cross_q, cross_kv, cross_o;  // decoder only
  Projection wi, wo;                      // gated: wi_0 and wi_1
};

// How a forward pass runs. The defaults are those of inference.
struct ForwardOptions {
  double dropout = 0;         // rate
  uint64_t dropout_seed = 0;  // decides which elements drop; one for each forward pass. 0 turns off
                              // the dropout of additions, which has rates of its own
  // Of rows that several examples share: the number of each target token's example; the masks hold
  // those of the source's tokens, 0 for padding. Tokens see their own example alone. Undefined: one
  // example a row.
  at::Tensor segments_BT = {};
  // Added to the embeddings of the decoder's ids; undefined: nothing.
  at::Tensor decoder_noise_BTD = {};
  // Saves only the inputs of each block, and computes the rest again in the backward pass.
  bool activation_checkpointing = false;

  Dropout at_site(uint64_t number) const { return Dropout{dropout, dropout_seed}.at_site(number); }
};

// The T5 family (Raffel et al. 2020): v1.0 and v1.1 shapes, relative position buckets (for UMT5 in
// every block), RMS norm without a mean, no biases, tied or untied head. And causal networks, Llama
// (Touvron et al. 2023) and GPT-2 (Radford et al. 2019), behind the same three steps: embed, encode
// and decode. They have no encoder, so encode() returns the embedded source, and decode() puts the
// target behind it (model/causal.h). It has no state but its weights, their additions and their
// prepacked copies.
class T5Model {
 public:
  T5Model(T5Config config, T5Weights weights);

  const T5Config& config() const { return config_; }
  const T5Weights& weights() const { return weights_; }
  at::Device device() const { return weights_.shared_VD.device(); }
  const std::vector<BlockProjections>& encoder_projections() const { return encoder_; }
  const std::vector<BlockProjections>& decoder_projections() const { return decoder_; }

  // Puts an addition on one weight matrix of a block, by its published name. Its dropout_site is
  // assigned here. Throws ConfigError for an unknown name.
  void set_addition(const std::string& weight_name, WeightAddition addition);

  // What stands in the blocks beside their weights, a block each. Packed rows (segments) cannot
  // have prefixes.
  std::vector<BlockAdditions>& encoder_additions() { return encoder_additions_; }
  std::vector<BlockAdditions>& decoder_additions() { return decoder_additions_; }
  const std::vector<BlockAdditions>& encoder_additions() const { return encoder_additions_; }
  const std::vector<BlockAdditions>& decoder_additions() const { return decoder_additions_; }

  // Prepacks copies of the weights for gemm(), so that no call has to rearrange them: forward for
  // generation and evaluation, both ways for frozen weights behind a trained input. Weights that
  // change must not be prepacked; see PrepackedWeights.
  void set_prepacking(Prepacking prepacking);
  Prepacking prepacking() const { return prepacking_; }

  // The precision of products with weights, which get copies in it. Attention, norms, softmax and
  // additions stay in float32.
  void set_precision(Precision precision);

  // Looks up rows of the shared embedding: int64 ids [B, S] to [B, S, D].
  at::Tensor embed(const at::Tensor& ids_BS) const;

  // Returns the encoder's normed output [B, S, D]. mask_BS (float): 1 for tokens, 0 for padding.
  at::Tensor encode(const at::Tensor& embedded_BSD, const at::Tensor& mask_BS,
                    const ForwardOptions& options = {}) const;

  // Teacher forcing: returns the hidden states [B, T, D] before the head. memory_BSD is the
  // encoder's output, mask_BS its mask.
  at::Tensor decode(const at::Tensor& decoder_ids_BT, const at::Tensor& memory_BSD,
                    const at::Tensor& mask_BS, const ForwardOptions& options = {}) const;

  // [..., D] to [..., V].
  at::Tensor logits(const at::Tensor& hidden_BTD) const;

  // settings.weight times the summed loss of the labels (kIgnored: no loss), a scalar. The logits
  // are never held twice; see kernels/head_loss.h.
  at::Tensor loss(const at::Tensor& hidden_BTD, const at::Tensor& labels_BT,
                  const CrossEntropy& settings) const;

  Activation activation() const;  // of a T5 or a Llama
  // The inside of the feed-forward: [..., F], or gated [..., 2 F], to [..., F].
  at::Tensor activate(const at::Tensor& inner_RF, const Dropout& settings) const;
  double logit_scale() const;
  const Projection& head() const { return head_; }

 private:
  std::vector<Projection*> projections();  // of all blocks, the encoder's first
  void number_addition_sites();

  T5Config config_;
  T5Weights weights_;
  std::vector<BlockProjections> encoder_, decoder_;
  std::vector<BlockAdditions> encoder_additions_, decoder_additions_;
  Projection head_;
  Prepacking prepacking_ = Prepacking::none;
};

// Whether models can run in one pass: they hold the same weights in the same memory, and train none
// of them. What they train are additions, prefixes and embeddings of their own.
bool may_share(const T5Model& a, const T5Model& b);

// encode, decode and loss for models that may share a pass, each with a part of its own: the same
// results up to rounding, in fewer and larger steps.
struct EncoderPart {
  const T5Model* model = nullptr;
  at::Tensor embedded_BSD, mask_BS;
  ForwardOptions options;
};
std::vector<at::Tensor> encode_group(const std::vector<EncoderPart>& parts);

struct DecoderPart {
  const T5Model* model = nullptr;
  at::Tensor decoder_ids_BT, memory_BSD, mask_BS;
  ForwardOptions options;

  at::Tensor embedded_BTD() const;  // the decoder's ids, with their noise
};
std::vector<at::Tensor> decode_group(const std::vector<DecoderPart>& parts);

struct HeadPart {
  const T5Model* model = nullptr;
  at::Tensor hidden_BTD, labels_BT;
  CrossEntropy settings;
  at::Tensor weights_BT = {};  // as LossPart::weights_R
};
at::Tensor losses_of_group(const std::vector<HeadPart>& parts);  // [parts]

// "float32", "bfloat16" or "int8". Throws ConfigError for another name, and for int8 off the CPU.
Precision inference_precision(const std::string& name, const at::Device& device);

// Keeps a float32 model's weights ready for inference while it lives: prepacked, or in copies of a
// lower precision.
class PrepackedWeights {
 public:
  explicit PrepackedWeights(T5Model& model, Precision precision = Precision::float32);
  ~PrepackedWeights();
  PrepackedWeights(const PrepackedWeights&) = delete;

 private:
  T5Model& model_;
  Prepacking was_;
  Precision precision_;
};

}  // namespace dovetail
