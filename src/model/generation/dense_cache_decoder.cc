// SPDX-License-Identifier: Apache-2.0
#include "model/generation/dense_cache_decoder.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <limits>
#include <vector>

#include "kernels/activation.h"
#include "kernels/add_norm.h"
#include "model/position_bias.h"

namespace dovetail {

using at::Tensor;

namespace {

struct KeyValue {
  Tensor key, value;  // [rows, H, length, C]
};

// query [rows, H, queries, C]; the result is of the same shape.
Tensor attend(const Tensor& query, const KeyValue& cached, const Tensor& bias) {
  const Tensor scores = at::matmul(query, cached.key.transpose(2, 3)).to(at::kFloat) + bias;
  return at::matmul(at::softmax(scores, -1).to(query.scalar_type()), cached.value);
}

void select_rows(std::vector<KeyValue>& cache, const Tensor& rows) {
  for (KeyValue& block : cache) {
    block = {block.key.index_select(0, rows), block.value.index_select(0, rows)};
  }
}

class DenseCacheDecoder final : public CachedDecoder {
 public:
  DenseCacheDecoder(const T5Model& model, const Tensor& memory_BSD, const Tensor& mask_BS,
                    int64_t beams)
      : model_(model), config_(model.config()), beams_(beams), live_(memory_BSD.size(0)) {
    const Tensor mask = mask_BS.to(at::kFloat);
    const std::vector<BlockAdditions>& additions = model.decoder_additions();
    source_bias_ = ((1.0 - mask_behind_prefix(additions.front().cross_prefix_P2I, mask)) *
                    std::numeric_limits<float>::lowest())
                       .unsqueeze(1)
                       .unsqueeze(1);
    for (size_t i = 0; i < additions.size(); ++i) {
      const Tensor kv = linear(memory_BSD, model.decoder_projections()[i].cross_kv);
      cross_.push_back(split_kv(behind_prefix(additions[i].cross_prefix_P2I, kv)));
      const Tensor& own = additions[i].self_prefix_P2I;
      if (own.defined())
        self_.push_back(split_kv(own.unsqueeze(0).expand({live_ * beams_, -1, -1})));
    }
    length_ = additions.front().self_prefix();
    self_.resize(cross_.size());
  }

  Tensor next_hidden(const Tensor& ids_R) override {
    const StackWeights& decoder = model_.weights().decoder;
    Tensor hidden = model_.embed(ids_R.unsqueeze(1)), bias;
    for (size_t i = 0; i < decoder.blocks.size(); ++i) {
      const BlockWeights& w = decoder.blocks[i];
      const Tensor& own = w.self_attention.relative_attention_bias_KH;
      if (own.defined())
        bias = position_bias(own, config_, /*bidirectional=*/false, length_, 1, length_ + 1);
      hidden = step(w, model_.decoder_projections()[i], hidden, bias, i);
    }
    ++length_;
    return norm(hidden, decoder.final_norm_D).squeeze(1);
  }

  void select(const Tensor& rows_R) override {
    const at::Device device = source_bias_.device();
    select_rows(self_, rows_R.to(device));
    const Tensor sources_L =
        rows_R.slice(0, 0, rows_R.numel(), beams_).div(beams_, "floor").to(device);
    select_rows(cross_, sources_L);
    source_bias_ = source_bias_.index_select(0, sources_L);
    live_ = sources_L.numel();
  }

 private:
  Tensor norm(const Tensor& x, const Tensor& weight_D) const {
    return rms_norm(x, weight_D, config_.layer_norm_epsilon);
  }
  Tensor split_heads(const Tensor& x_BTI) const {
    return x_BTI.unflatten(2, {config_.num_heads, config_.d_kv}).transpose(1, 2);
  }

  KeyValue split_kv(const Tensor& kv_BS2I) const {
    const std::vector<Tensor> kv = kv_BS2I.chunk(2, -1);
    return {split_heads(kv[0]).contiguous(), split_heads(kv[1]).contiguous()};
  }

  Tensor step(const BlockWeights& w, const BlockProjections& p, Tensor hidden, const Tensor& bias,
              size_t i) {
    const BlockAdditions& additions = model_.decoder_additions()[i];
    Tensor normed = norm(hidden, w.self_attention.norm_D);
    const std::vector<Tensor> qkv = linear(normed, p.self_qkv).chunk(3, -1);
    KeyValue& past = self_[i];
    const Tensor key = split_heads(qkv[1]), value = split_heads(qkv[2]);
    past = length_ == 0 ? KeyValue{key, value}
                        : KeyValue{at::cat({past.key, key}, 2), at::cat({past.value, value}, 2)};
    const Tensor own = attend(split_heads(qkv[0]), past, bias).transpose(1, 2).flatten(2);
    hidden = hidden + add_bottleneck(additions.self_adapter, linear(own, p.self_o), normed);
    // The beams of a source take the place of query positions, so its keys are read once for all.
    normed = norm(hidden, w.cross_attention.norm_D);
    const Tensor query = linear(normed, p.cross_q);
    const Tensor mixed =
        attend(split_heads(query.view({live_, beams_, -1})), cross_[i], source_bias_);
    const Tensor seen = linear(mixed.transpose(1, 2).flatten(2), p.cross_o).view(hidden.sizes());
    hidden = hidden + add_bottleneck(additions.cross_adapter, seen, normed);
    normed = norm(hidden, w.feed_forward.norm_D);
    const Tensor inner = linear(normed, p.wi);
    const Tensor out = linear(feed_forward_activation(inner, model_.activation(), {}), p.wo);
    return hidden + add_bottleneck(additions.feed_forward_adapter, out, normed);
  }

  const T5Model& model_;
  const T5Config& config_;
  int64_t beams_ = 1, live_ = 0, length_ = 0;
  std::vector<KeyValue> self_, cross_;  // [block]
  Tensor source_bias_;                  // [L, 1, 1, S]
};

}  // namespace

std::unique_ptr<CachedDecoder> make_dense_cache_decoder(const T5Model& model,
                                                        const Tensor& memory_BSD,
                                                        const Tensor& mask_BS,
                                                        int64_t beams_per_source) {
  return std::make_unique<DenseCacheDecoder>(model, memory_BSD, mask_BS, beams_per_source);
}

}  // namespace dovetail
