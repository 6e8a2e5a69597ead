// SPDX-License-Identifier: Apache-2.0
#include "model/generation/indexed_cache_decoder.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <vector>

#include "kernels/activation.h"
#include "kernels/add_norm.h"
#include "kernels/cached_attention_cpu.h"
#include "kernels/rows.h"
#include "model/position_bias.h"

namespace dovetail {

using at::Tensor;

namespace {

// The q, k and v of each step stay where their matmul wrote them. A row holds, for each earlier
// step, the index of its row then, so beams that fork and rows that end move nothing. Rows stand
// in the order of their models: products take all of them, additions and prefixes a model's own.
class IndexedCacheDecoder final : public CachedDecoder {
 public:
  IndexedCacheDecoder(std::span<const EncodedSources> parts, int64_t beams);
  Tensor next_hidden(const Tensor& ids_R) override;
  void select(const Tensor& rows_R) override;

 private:
  struct Source {
    size_t part = 0;                 // its model
    int64_t number = 0;              // among the sources of that model
    std::vector<int64_t> positions;  // those that are no padding
  };
  struct Row {
    size_t source = 0;
    std::vector<int32_t> past;  // its row at each earlier step
  };

  void add_sources(size_t part, const Tensor& mask_BS);
  void count_rows();
  Tensor project(const Tensor& x_RK, const std::vector<int64_t>& rows, size_t block,
                 Projection BlockProjections::*which) const;
  Tensor add_bottlenecks(Bottleneck BlockAdditions::*which, size_t block, const Tensor& x_RD,
                         const Tensor& normed_RD) const;
  void set_self_bias(const BlockWeights& block);
  Tensor self_attention(const Tensor& qkv, size_t block) const;
  Tensor cross_attention(const Tensor& query, size_t block) const;

  const BlockAdditions& additions(size_t part, size_t block) const {
    return models_[part]->decoder_additions()[block];
  }
  const T5Model& model() const { return *models_.front(); }
  int64_t inner() const { return model().config().inner_dim(); }

  std::vector<const T5Model*> models_;
  std::vector<Source> sources_;
  std::vector<Row> rows_;
  std::vector<int64_t> rows_of_part_;
  std::vector<std::vector<Tensor>> self_qkv_;                    // [block][step]: [rows then, 3 I]
  std::vector<std::vector<Tensor>> cross_kv_;                    // [block][part]: [B, S, 2 I]
  std::vector<std::vector<Tensor>> self_prefix_, cross_prefix_;  // [block][part]: [P, 2 I]
  std::vector<Tensor> bias_;                                     // [part]: [H, P + step + 1]
};

Tensor contiguous_or_undefined(const Tensor& x) { return x.defined() ? x.contiguous() : x; }

int64_t rows_or_none(const Tensor& x) { return x.defined() ? x.size(0) : 0; }

IndexedCacheDecoder::IndexedCacheDecoder(std::span<const EncodedSources> parts, int64_t beams) {
  std::vector<Tensor> memories;
  std::vector<int64_t> tokens;
  for (const auto& [model, memory_BSD, mask_BS] : parts) {
    models_.push_back(model);
    memories.push_back(memory_BSD.flatten(0, 1));
    tokens.push_back(memories.back().size(0));
    add_sources(models_.size() - 1, mask_BS);
  }
  const Tensor memory_ND = join_rows(memories);
  const size_t blocks = model().decoder_projections().size();
  self_qkv_.resize(blocks);
  self_prefix_.resize(blocks);
  cross_prefix_.resize(blocks);
  for (size_t block = 0; block < blocks; ++block) {
    cross_kv_.push_back(
        split_rows(project(memory_ND, tokens, block, &BlockProjections::cross_kv), tokens));
    for (size_t part = 0; part < parts.size(); ++part) {
      const Tensor& memory_BSD = parts[part].memory_BSD;
      Tensor& kv = cross_kv_[block][part];
      kv = kv.view({memory_BSD.size(0), memory_BSD.size(1), kv.size(1)});
      const BlockAdditions& own = additions(part, block);
      self_prefix_[block].push_back(contiguous_or_undefined(own.self_prefix_P2I));
      cross_prefix_[block].push_back(contiguous_or_undefined(own.cross_prefix_P2I));
    }
  }
  for (size_t source = 0; source < sources_.size(); ++source)
    for (int64_t beam = 0; beam < beams; ++beam) rows_.push_back({source, {}});
  count_rows();
}

void IndexedCacheDecoder::add_sources(size_t part, const Tensor& mask_BS) {
  const Tensor mask = mask_BS.to(at::kFloat).contiguous();
  for (int64_t number = 0; number < mask.size(0); ++number) {
    Source source{part, number, {}};
    for (int64_t s = 0; s < mask.size(1); ++s) {
      if (mask.const_data_ptr<float>()[number * mask.size(1) + s] > 0)
        source.positions.push_back(s);
    }
    sources_.push_back(std::move(source));
  }
}

void IndexedCacheDecoder::count_rows() {
  rows_of_part_.assign(models_.size(), 0);
  for (const Row& row : rows_) ++rows_of_part_[sources_[row.source].part];
}

Tensor IndexedCacheDecoder::project(const Tensor& x_RK, const std::vector<int64_t>& rows,
                                    size_t block, Projection BlockProjections::*which) const {
  std::vector<LinearPart> parts;
  for (size_t part = 0; part < models_.size(); ++part) {
    if (rows[part] > 0)
      parts.push_back({&(models_[part]->decoder_projections()[block].*which), rows[part]});
  }
  return linear(x_RK, parts);
}

Tensor IndexedCacheDecoder::add_bottlenecks(Bottleneck BlockAdditions::*which, size_t block,
                                            const Tensor& x_RD, const Tensor& normed_RD) const {
  std::vector<const Bottleneck*> adapters;
  for (size_t part = 0; part < models_.size(); ++part)
    adapters.push_back(&(additions(part, block).*which));
  return dovetail::add_bottlenecks(adapters, rows_of_part_, x_RD, normed_RD);
}

// Biases of the last query towards a prefix and keys 0 .. step. The last block's cache grows last
// within a step, so its length is the number of finished steps.
void IndexedCacheDecoder::set_self_bias(const BlockWeights& block) {
  bias_.clear();
  for (size_t part = 0; part < models_.size(); ++part) {
    const int64_t length = rows_or_none(self_prefix_.front()[part]) + std::ssize(self_qkv_.back());
    if (part > 0 && bias_.back().size(1) == length + 1) {
      bias_.push_back(bias_.back());
      continue;
    }
    bias_.push_back(position_bias(block.self_attention.relative_attention_bias_KH, model().config(),
                                  /*bidirectional=*/false, length, 1, length + 1)
                        .view({model().config().num_heads, length + 1}));
  }
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

// Puts the keys and values of a prefix first; the next places are free.
void put_prefix(const Tensor& prefix_P2I, int64_t inner, RowScratch& scratch) {
  for (int64_t p = 0; p < rows_or_none(prefix_P2I); ++p) {
    scratch.keys[p] = prefix_P2I.const_data_ptr<float>() + p * 2 * inner;
    scratch.values[p] = scratch.keys[p] + inner;
  }
}

Tensor IndexedCacheDecoder::self_attention(const Tensor& qkv, size_t block) const {
  const T5Config& config = model().config();
  const Tensor out = at::empty({qkv.size(0), inner()}, qkv.options());
  const std::vector<Tensor>& steps = self_qkv_[block];  // the current one is the last
  const int64_t width = 3 * inner();
  for_cache_rows(qkv.size(0), [&](int64_t r) {
    thread_local RowScratch scratch;
    const size_t part = sources_[rows_[r].source].part;
    const Tensor& prefix = self_prefix_[block][part];
    const int64_t before = rows_or_none(prefix), length = before + std::ssize(steps);
    scratch.resize(length, config.num_heads);
    put_prefix(prefix, inner(), scratch);
    for (size_t t = 0; t < steps.size(); ++t) {
      const int64_t row = t + 1 == steps.size() ? r : rows_[r].past[t];
      const float*& key = scratch.keys[before + t];
      key = steps[t].const_data_ptr<float>() + row * width + inner();
      scratch.values[before + t] = key + inner();
    }
    cached_attention({.heads = config.num_heads,
                      .channels = config.d_kv,
                      .positions = length,
                      .keys = scratch.keys.data(),
                      .values = scratch.values.data(),
                      .bias = bias_[part].const_data_ptr<float>(),
                      .bias_row = length},
                     qkv.const_data_ptr<float>() + r * width, scratch.scores.data(),
                     out.data_ptr<float>() + r * inner());
  });
  return out;
}

Tensor IndexedCacheDecoder::cross_attention(const Tensor& query, size_t block) const {
  const T5Config& config = model().config();
  const Tensor out = at::empty({query.size(0), inner()}, query.options());
  for_cache_rows(query.size(0), [&](int64_t r) {
    thread_local RowScratch scratch;
    const Source& source = sources_[rows_[r].source];
    const Tensor& prefix = cross_prefix_[block][source.part];
    const Tensor& kv = cross_kv_[block][source.part];
    const int64_t before = rows_or_none(prefix);
    scratch.resize(before + source.positions.size(), config.num_heads);
    put_prefix(prefix, inner(), scratch);
    const float* begin = kv.const_data_ptr<float>() + source.number * kv.stride(0);
    for (size_t i = 0; i < source.positions.size(); ++i) {
      scratch.keys[before + i] = begin + source.positions[i] * kv.stride(1);
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
  const StackWeights& decoder = model().weights().decoder;
  const double epsilon = model().config().layer_norm_epsilon;
  const auto& blocks = decoder.blocks;
  AddNormOutput stream =
      add_norm(model().embed(ids_R), Tensor(), blocks[0].self_attention.norm_D, epsilon, {});
  for (size_t i = 0; i < blocks.size(); ++i) {
    const BlockWeights& w = blocks[i];
    const auto into = [&](const Tensor& x, Projection BlockProjections::*which) {
      return project(x, rows_of_part_, i, which);
    };
    const auto add = [&](Bottleneck BlockAdditions::*which, const Tensor& x) {
      return add_bottlenecks(which, i, x, stream.normed_RD);
    };
    if (w.self_attention.relative_attention_bias_KH.defined()) set_self_bias(w);
    const Tensor qkv = into(stream.normed_RD, &BlockProjections::self_qkv);
    self_qkv_[i].push_back(qkv);
    Tensor x =
        add(&BlockAdditions::self_adapter, into(self_attention(qkv, i), &BlockProjections::self_o));
    stream = add_norm(stream.hidden_RD, x, w.cross_attention.norm_D, epsilon, {});
    x = into(cross_attention(into(stream.normed_RD, &BlockProjections::cross_q), i),
             &BlockProjections::cross_o);
    x = add(&BlockAdditions::cross_adapter, x);
    stream = add_norm(stream.hidden_RD, x, w.feed_forward.norm_D, epsilon, {});
    const Tensor inside = into(stream.normed_RD, &BlockProjections::wi);
    x = into(feed_forward_activation(inside, model().activation(), {}), &BlockProjections::wo);
    x = add(&BlockAdditions::feed_forward_adapter, x);
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
  count_rows();
}

}  // namespace

std::unique_ptr<CachedDecoder> make_indexed_cache_decoder(std::span<const EncodedSources> parts,
                                                          int64_t beams_per_source) {
  return std::make_unique<IndexedCacheDecoder>(parts, beams_per_source);
}

}  // namespace dovetail
