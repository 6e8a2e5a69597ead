// SPDX-License-Identifier: Apache-2.0
#include "model/generation/causal_cache_decoder.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/softmax.h>
#include <limits>
#include <utility>
#include <vector>

#include "model/biases.h"
#include "model/causal.h"
#include "model/causal_rows.h"
#include "model/rotary.h"

// Shape suffixes beside those of cached_decoder.h: X new tokens of a row, P tokens of the cache, G
// groups of heads that share keys and values, C channels of a head, D d_model.
namespace dovetail {

using at::Tensor;

namespace {

struct GroupKeyValue {
  Tensor key_RGPC, value_RGPC;
};

Tensor biased(const Tensor& x, const Tensor& bias) { return bias.defined() ? x + bias : x; }

class CausalCacheDecoder final : public CachedDecoder {
 public:
  // Reads the sources and the start token, which counts where a row has no source.
  CausalCacheDecoder(const T5Model& model, const Tensor& memory_BSD, const Tensor& mask_BS,
                     int64_t beams)
      : model_(model), config_(model.config()), cache_(config_.num_decoder_layers) {
    const int64_t sources = memory_BSD.size(0);
    const Tensor start_B1 =
        at::full({sources, 1}, config_.decoder_start_token_id, mask_BS.options().dtype(at::kLong));
    const CausalRows rows = lay_out_rows(mask_BS, {}, 1);
    const Tensor embedded = at::cat({memory_BSD, model.embed(start_B1)}, 1);
    set_keys(rows.keys_BX);
    longest_ = rows.longest;
    next_position_R_ = rows.positions_BX.amax(1) + 1;
    const Tensor hidden =
        run(add_positions(model, embedded, rows.positions_BX, longest_), rows.positions_BX);
    first_RD_ =
        hidden.gather(1, rows.outputs_BT.unsqueeze(2).expand({-1, -1, config_.d_model})).squeeze(1);
    if (beams > 1) select(at::arange(sources, at::kLong).repeat_interleave(beams));
  }

  Tensor next_hidden(const Tensor& ids_R) override {
    if (first_RD_.defined()) return std::exchange(first_RD_, Tensor());
    const Tensor positions_R1 = next_position_R_.unsqueeze(1);
    const Tensor embedded =
        add_positions(model_, model_.embed(ids_R.unsqueeze(1)), positions_R1, ++longest_);
    set_keys(at::cat({keys_RP_, at::ones({ids_R.size(0), 1}, keys_RP_.options())}, 1));
    const Tensor hidden_R1D = run(embedded, positions_R1);
    next_position_R_ = next_position_R_ + 1;
    return hidden_R1D.squeeze(1);
  }

  void select(const Tensor& rows_R) override {
    const Tensor rows = rows_R.to(keys_RP_.device());
    for (GroupKeyValue& block : cache_) {
      block = {block.key_RGPC.index_select(0, rows), block.value_RGPC.index_select(0, rows)};
    }
    set_keys(keys_RP_.index_select(0, rows));
    next_position_R_ = next_position_R_.index_select(0, rows);
    longest_ = next_position_R_.max().item<int64_t>();
    if (first_RD_.defined()) first_RD_ = first_RD_.index_select(0, rows);
  }

 private:
  void set_keys(const Tensor& keys_RP) {
    keys_RP_ = keys_RP;
    never_R11P_ =
        ((1.0 - keys_RP) * std::numeric_limits<float>::lowest()).unsqueeze(1).unsqueeze(1);
  }

  // The new tokens through all blocks, which adds them to the cache.
  Tensor run(Tensor hidden_RXD, const Tensor& positions_RX) {
    const StackWeights& stack = model_.weights().decoder;
    const RotaryAngles angles = rotary_angles(positions_RX, config_);
    for (size_t i = 0; i < stack.blocks.size(); ++i) hidden_RXD = block(i, hidden_RXD, angles);
    return normed(hidden_RXD, {stack.final_norm_D, stack.final_norm_bias_D});
  }

  Tensor normed(const Tensor& hidden, const Norm& norm) const {
    return add_any_norm(hidden, Tensor(), norm, config_.layer_norm_epsilon, {}).normed_RD;
  }

  Tensor block(size_t i, const Tensor& stream_RXD, const RotaryAngles& angles) {
    const BlockWeights& w = model_.weights().decoder.blocks[i];
    const BlockProjections& p = model_.decoder_projections()[i];
    const BlockAdditions& additions = model_.decoder_additions()[i];
    const AttentionWeights& own = w.self_attention;
    Tensor in = normed(stream_RXD, norm_of(own));
    const AttentionHeads heads =
        causal_heads(biased(linear(in, p.self_qkv), qkv_bias(own)), config_, angles);
    const Tensor seen = biased(linear(attend(i, heads), p.self_o), own.o_bias_D);
    const Tensor hidden = stream_RXD + add_bottleneck(additions.self_adapter, seen, in);
    const FeedForwardWeights& ff = w.feed_forward;
    in = normed(hidden, norm_of(ff));
    const Tensor inner = model_.activate(biased(linear(in, p.wi), wi_bias(ff)), {});
    const Tensor out = biased(linear(inner, p.wo), ff.wo_bias_D);
    return hidden + add_bottleneck(additions.feed_forward_adapter, out, in);
  }

  // Of the new tokens over the cache with them: [R, X, H * C].
  Tensor attend(size_t i, const AttentionHeads& heads) {
    GroupKeyValue& past = cache_[i];
    const Tensor key = heads.k_BXGC.transpose(1, 2), value = heads.v_BXGC.transpose(1, 2);
    past = past.key_RGPC.defined() ? GroupKeyValue{at::cat({past.key_RGPC, key}, 2),
                                                   at::cat({past.value_RGPC, value}, 2)}
                                   : GroupKeyValue{key.contiguous(), value.contiguous()};
    const int64_t rows = key.size(0), groups = key.size(1), count = key.size(2),
                  length = past.key_RGPC.size(2), channels = key.size(3),
                  each = config_.num_heads / groups;
    // the heads of a group take the place of query positions, so its keys are read once for all
    const Tensor query =
        heads.q_BXHC.transpose(1, 2).reshape({rows, groups, each * count, channels});
    Tensor scores = at::matmul(query, past.key_RGPC.transpose(2, 3)).to(at::kFloat) + never_R11P_;
    if (count > 1) {
      const Tensor later =
          at::full({count, length}, std::numeric_limits<float>::lowest(), scores.options())
              .triu(length - count + 1);
      scores = (scores.view({rows, groups, each, count, length}) + later).view(scores.sizes());
    }
    const Tensor mixed =
        at::matmul(at::softmax(scores, -1).to(query.scalar_type()), past.value_RGPC);
    return mixed.view({rows, config_.num_heads, count, channels}).transpose(1, 2).flatten(2);
  }

  const T5Model& model_;
  const T5Config& config_;
  std::vector<GroupKeyValue> cache_;  // [block]
  Tensor keys_RP_, never_R11P_;       // 1 for tokens, 0 for padding; what is added to scores
  Tensor next_position_R_;
  int64_t longest_ = 0;  // the greatest position and one
  Tensor first_RD_;      // the hidden state behind the sources, until it is asked for
};

}  // namespace

std::unique_ptr<CachedDecoder> make_causal_cache_decoder(const T5Model& model,
                                                         const Tensor& memory_BSD,
                                                         const Tensor& mask_BS,
                                                         int64_t beams_per_source) {
  return std::make_unique<CausalCacheDecoder>(model, memory_BSD, mask_BS, beams_per_source);
}

}  // namespace dovetail
