// SPDX-License-Identifier: Apache-2.0
#include "model/generation/indexed_cache_decoder.h"

#include <ATen/Parallel.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>

#include <vector>

#include "kernels/activation.h"
#include "kernels/add_norm.h"
#include "kernels/cached_attention_cpu.h"
#include "model/position_bias.h"

namespace dovetail {

using at::Tensor;

namespace {

// The q, k and v of each step stay where their matmul wrote them. A row holds, for each earlier
// step, the index of its row then, so beams that fork and rows that end move nothing.
class IndexedCacheDecoder final : public CachedDecoder {
 public:
  IndexedCacheDecoder(const T5Model& model, const Tensor& memory_BSD, const Tensor& mask_BS,
                      int64_t beams);
  Tensor next_hidden(const Tensor& ids_R) override;
  void select(const Tensor& rows_R) override;

 private:
  struct Row {
    int64_t source = 0;
    std::vector<int32_t> past;  // its row at each earlier step
  };

  Tensor self_attention(const Tensor& qkv, size_t block) const;
  Tensor cross_attention(const Tensor& query, size_t block) const;
  Tensor self_bias(const BlockWeights& block) const;
  int64_t inner() const { return model_.config().inner_dim(); }

  const T5Model& model_;
  std::vector<Row> rows_;
  std::vector<std::vector<Tensor>> self_qkv_;    // [block][step]: [rows then, 3 I]
  std::vector<Tensor> cross_kv_;                 // [block]: [B, S, 2 I]
  std::vector<std::vector<int64_t>> positions_;  // [source]: those that are no padding
  Tensor bias_;                                  // [H, step + 1]
};

// A prefix as earlier steps of one row each, whose queries nobody asks for.
std::vector<Tensor> steps_of(const Tensor& prefix_P2I) {
  std::vector<Tensor> steps;
  if (!prefix_P2I.defined()) return steps;
  const Tensor padded = at::constant_pad_nd(prefix_P2I, {prefix_P2I.size(1) / 2, 0}).contiguous();
  for (int64_t p = 0; p < padded.size(0); ++p) steps.push_back(padded.narrow(0, p, 1));
  return steps;
}

IndexedCacheDecoder::IndexedCacheDecoder(const T5Model& model, const Tensor& memory_BSD,
                                         const Tensor& mask_BS, int64_t beams)
    : model_(model) {
  const std::vector<BlockAdditions>& additions = model.decoder_additions();
  for (const BlockProjections& p : model.decoder_projections())
    cross_kv_.push_back(linear(memory_BSD, p.cross_kv));
  for (const BlockAdditions& own : additions) self_qkv_.push_back(steps_of(own.self_prefix_P2I));
  const Tensor mask = mask_BS.to(at::kFloat).contiguous();
  for (int64_t source = 0; source < mask.size(0); ++source) {
    std::vector<int64_t> positions;
    for (int64_t s = 0; s < mask.size(1); ++s) {
      if (mask.const_data_ptr<float>()[source * mask.size(1) + s] > 0) positions.push_back(s);
    }
    positions_.push_back(std::move(positions));
    const std::vector<int32_t> past(self_qkv_.front().size());  // row 0 of each prefix step
    for (int64_t beam = 0; beam < beams; ++beam) rows_.push_back({source, past});
  }
}

// Biases of the last query towards keys 0 .. step. The last block's cache grows last within a step,
// so its length is the number of finished steps.
Tensor IndexedCacheDecoder::self_bias(const BlockWeights& block) const {
  const auto length = static_cast<int64_t>(self_qkv_.back().size());
  return position_bias(block.self_attention.relative_attention_bias_KH, model_.config(),
                       /*bidirectional=*/false, length, 1, length + 1)
      .view({model_.config().num_heads, length + 1});
}

template <typename OneRow>
void for_cache_rows(int64_t rows, OneRow one_row) {
  at::parallel_for(0, rows, 4, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) one_row(row);
  });
}

struct RowScratch {
  std::vector<const float*> keys, values;
  std::vector<float> scores;

  void resize(size_t positions, int64_t heads) {
    keys.resize(positions);
    values.resize(positions);
    scores.resize(positions * heads);
  }
};

Tensor IndexedCacheDecoder::self_attention(const Tensor& qkv, size_t block) const {
  const T5Config& config = model_.config();
  const Tensor out = at::empty({qkv.size(0), inner()}, qkv.options());
  const std::vector<Tensor>& steps = self_qkv_[block];  // the current one is the last
  const auto length = static_cast<int64_t>(steps.size());
  const int64_t width = 3 * inner();
  for_cache_rows(qkv.size(0), [&](int64_t r) {
    thread_local RowScratch scratch;
    scratch.resize(length, config.num_heads);
    for (int64_t t = 0; t < length; ++t) {
      const int64_t row = t + 1 == length ? r : rows_[r].past[t];
      scratch.keys[t] = steps[t].const_data_ptr<float>() + row * width + inner();
      scratch.values[t] = scratch.keys[t] + inner();
    }
    cached_attention({.heads = config.num_heads,
                      .channels = config.d_kv,
                      .positions = length,
                      .keys = scratch.keys.data(),
                      .values = scratch.values.data(),
                      .bias = bias_.const_data_ptr<float>(),
                      .bias_row = length},
                     qkv.const_data_ptr<float>() + r * width, scratch.scores.data(),
                     out.data_ptr<float>() + r * inner());
  });
  return out;
}

Tensor IndexedCacheDecoder::cross_attention(const Tensor& query, size_t block) const {
  const T5Config& config = model_.config();
  const Tensor& kv = cross_kv_[block];
  const Tensor& given = model_.decoder_additions()[block].cross_prefix_P2I;
  const Tensor prefix = given.defined() ? given.contiguous() : given;
  const Tensor out = at::empty({query.size(0), inner()}, query.options());
  for_cache_rows(query.size(0), [&](int64_t r) {
    thread_local RowScratch scratch;
    const std::vector<int64_t>& positions = positions_[rows_[r].source];
    const int64_t before = prefix.defined() ? prefix.size(0) : 0;
    scratch.resize(before + positions.size(), config.num_heads);
    for (int64_t i = 0; i < before; ++i) {
      scratch.keys[i] = prefix.const_data_ptr<float>() + i * 2 * inner();
      scratch.values[i] = scratch.keys[i] + inner();
    }
    const float* begin = kv.const_data_ptr<float>() + rows_[r].source * kv.stride(0);
    for (size_t i = 0; i < positions.size(); ++i) {
      scratch.keys[before + i] = begin + positions[i] * kv.stride(1);
      scratch.values[before + i] = scratch.keys[before + i] + inner();
    }
    cached_attention({.heads = config.num_heads,
                      .channels = config.d_kv,
                      .positions = static_cast<int64_t>(scratch.keys.size()),
                      .keys = scratch.keys.data(),
                      .values = scratch.values.data()},
                     query.const_data_ptr<float>() + r * inner(), scratch.scores.data(),
                     out.data_ptr<float>() + r * inner());
  });
  return out;
}

Tensor IndexedCacheDecoder::next_hidden(const Tensor& ids_R) {
  const StackWeights& decoder = model_.weights().decoder;
  const double epsilon = model_.config().layer_norm_epsilon;
  const auto& blocks = decoder.blocks;
  AddNormOutput stream =
      add_norm(model_.embed(ids_R), Tensor(), blocks[0].self_attention.norm_D, epsilon, {});
  for (size_t i = 0; i < blocks.size(); ++i) {
    const BlockWeights& w = blocks[i];
    const BlockProjections& p = model_.decoder_projections()[i];
    const BlockAdditions& additions = model_.decoder_additions()[i];
    if (w.self_attention.relative_attention_bias_KH.defined()) bias_ = self_bias(w);
    const Tensor qkv = linear(stream.normed_RD, p.self_qkv);
    self_qkv_[i].push_back(qkv);
    Tensor x = add_bottleneck(additions.self_adapter, linear(self_attention(qkv, i), p.self_o),
                              stream.normed_RD);
    stream = add_norm(stream.hidden_RD, x, w.cross_attention.norm_D, epsilon, {});
    x = linear(cross_attention(linear(stream.normed_RD, p.cross_q), i), p.cross_o);
    x = add_bottleneck(additions.cross_adapter, x, stream.normed_RD);
    stream = add_norm(stream.hidden_RD, x, w.feed_forward.norm_D, epsilon, {});
    x = linear(feed_forward_activation(linear(stream.normed_RD, p.wi), model_.activation(), {}),
               p.wo);
    x = add_bottleneck(additions.feed_forward_adapter, x, stream.normed_RD);
    const Tensor& next =
        i + 1 < blocks.size() ? blocks[i + 1].self_attention.norm_D : decoder.final_norm_D;
    stream = add_norm(stream.hidden_RD, x, next, epsilon, {});
  }
  for (size_t r = 0; r < rows_.size(); ++r) rows_[r].past.push_back(static_cast<int32_t>(r));
  return stream.normed_RD;
}

void IndexedCacheDecoder::select(const Tensor& rows_R) {
  std::vector<Row> chosen;
  chosen.reserve(rows_R.numel());
  for (int64_t i = 0; i < rows_R.numel(); ++i)
    chosen.push_back(rows_[rows_R.const_data_ptr<int64_t>()[i]]);
  rows_ = std::move(chosen);
}

}  // namespace

std::unique_ptr<CachedDecoder> make_indexed_cache_decoder(const T5Model& model,
                                                          const Tensor& memory_BSD,
                                                          const Tensor& mask_BS,
                                                          int64_t beams_per_source) {
  return std::make_unique<IndexedCacheDecoder>(model, memory_BSD, mask_BS, beams_per_source);
}

}  // namespace dovetail
