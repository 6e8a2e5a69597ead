// SPDX-License-Identifier: Apache-2.0
#include "model/stack.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/stop.h"
#include "kernels/dropout.h"
#include "kernels/rows.h"
#include "model/biases.h"
#include "model/checkpointing.h"
#include "model/position_bias.h"
#include "model/trained_tensor.h"

namespace dovetail {

using at::Tensor;

namespace {

constexpr uint64_t kSitesOfABlock = 8;  // numbers of dropout sites

// A cell's part of a block.
struct CellBlock {
  const BlockProjections* projections = nullptr;
  BlockAdditions additions;
};

struct Block {
  const BlockWeights& w;
  std::vector<CellBlock> cells;
  Norm next_norm;  // of the sublayer that follows the block
};

class Stack {
 public:
  Stack(bool decoder, std::vector<StackCell> cells);
  std::vector<Tensor> run(uint64_t first_site);

 private:
  const T5Model& model() const { return *cells_.front().model; }
  const T5Config& config() const { return model().config(); }
  Block block_at(size_t index) const;
  void set_position_bias(const Block& block);

  Tensor project(const Tensor& x_ND, const std::vector<int64_t>& tokens, const Block& block,
                 Projection BlockProjections::*which, const Tensor& bias = {}) const;
  Tensor self_attention(const Block& block, const Tensor& normed_ND, uint64_t site) const;
  Tensor cross_attention(const Block& block, const Tensor& normed_ND, uint64_t site) const;
  Tensor add_bottlenecks(Bottleneck BlockAdditions::*which, const Block& block, const Tensor& x_ND,
                         const Tensor& normed_ND) const;
  AddNormOutput next_norm(const AddNormOutput& stream, const Tensor& x_ND, const Norm& norm,
                          uint64_t site) const;
  AddNormOutput run_block(const Block& block, AddNormOutput stream, uint64_t first_site) const;
  AddNormOutput checkpointed_block(const Block& block, const AddNormOutput& stream,
                                   uint64_t first_site) const;
  Tensor feed_forward(const Block& block, const Tensor& normed_ND, uint64_t site) const;
  bool any_dropout() const;
  // Applies step(cell's number, its rows of x) to each cell.
  template <typename Step>
  Tensor for_cells(const Tensor& x_ND, Step step) const;

  bool decoder_;
  std::vector<StackCell> cells_;
  bool crosses_;                                        // whether blocks attend to a memory
  std::vector<int64_t> rows_, tokens_, memory_tokens_;  // of each cell
  std::vector<Tensor> bias_HXX_;                        // of each cell's self-attention
  Tensor memory_ND_;
};

int64_t tokens_of(const Tensor& x_BXD) { return x_BXD.size(0) * x_BXD.size(1); }

Stack::Stack(bool decoder, std::vector<StackCell> cells)
    : decoder_(decoder), cells_(std::move(cells)), crosses_(decoder && !config().is_causal()) {
  std::vector<Tensor> memories;
  for (const StackCell& cell : cells_) {
    rows_.push_back(cell.embedded_BXD.size(0));
    tokens_.push_back(tokens_of(cell.embedded_BXD));
    bias_HXX_.push_back(cell.bias_HXX);
    if (!crosses_) continue;
    memory_tokens_.push_back(tokens_of(cell.memory_BSD));
    memories.push_back(cell.memory_BSD.flatten(0, 1));
  }
  if (crosses_) memory_ND_ = join_rows(memories);
}

bool Stack::any_dropout() const {
  return std::ranges::any_of(cells_, [](const auto& cell) { return cell.options.dropout > 0; });
}

template <typename Step>
Tensor Stack::for_cells(const Tensor& x_ND, Step step) const {
  const std::vector<Tensor> parts = split_rows(x_ND, tokens_);
  std::vector<Tensor> results;
  for (size_t i = 0; i < parts.size(); ++i) results.push_back(step(i, parts[i]));
  return join_rows(results);
}

Block Stack::block_at(size_t index) const {
  const StackWeights& stack = decoder_ ? model().weights().decoder : model().weights().encoder;
  const auto& blocks = stack.blocks;
  Block block{blocks[index],
              {},
              index + 1 < blocks.size() ? norm_of(blocks[index + 1].self_attention)
                                        : Norm{stack.final_norm_D, stack.final_norm_bias_D}};
  for (const StackCell& cell : cells_) {
    const T5Model& own = *cell.model;
    block.cells.push_back(
        {&(decoder_ ? own.decoder_projections() : own.encoder_projections())[index],
         (decoder_ ? own.decoder_additions() : own.encoder_additions())[index]});
  }
  return block;
}

// Cells of one length and prefix share their bias.
void Stack::set_position_bias(const Block& block) {
  const Tensor& weight_KH = block.w.self_attention.relative_attention_bias_KH;
  if (!weight_KH.defined()) return;
  std::map<std::pair<int64_t, int64_t>, Tensor> made;
  for (size_t i = 0; i < cells_.size(); ++i) {
    const int64_t length = cells_[i].embedded_BXD.size(1);
    const int64_t prefix = block.cells[i].additions.self_prefix();
    Tensor& bias = made[{length, prefix}];
    if (!bias.defined()) bias = self_attention_bias(weight_KH, config(), decoder_, prefix, length);
    bias_HXX_[i] = bias;
  }
}

Tensor Stack::project(const Tensor& x_ND, const std::vector<int64_t>& tokens, const Block& block,
                      Projection BlockProjections::*which, const Tensor& bias) const {
  std::vector<LinearPart> parts;
  for (size_t i = 0; i < cells_.size(); ++i)
    parts.push_back(
        {&(block.cells[i].projections->*which), tokens[i], cells_[i].options.dropout_seed});
  const Tensor product = linear(x_ND, parts);
  return bias.defined() ? product + bias : product;
}

// The attention over the stack's own tokens, before the output's matrix.
Tensor Stack::self_attention(const Block& block, const Tensor& normed_ND, uint64_t site) const {
  const Tensor qkv_NI = project(normed_ND, tokens_, block, &BlockProjections::self_qkv,
                                qkv_bias(block.w.self_attention));
  return for_cells(qkv_NI, [&](size_t i, const Tensor& own) {
    const StackCell& cell = cells_[i];
    const int64_t rows = rows_[i], inner = config().inner_dim();
    const Tensor qkv = own.view({rows, -1, own.size(1)});
    AttentionInputs inputs{.q = config().is_causal() ? causal_qkv(qkv, config(), cell.rotary) : qkv,
                           .bias_HTS = bias_HXX_[i],
                           .mask_BS = cell.self_mask_BX,
                           .segments_BT = cell.segments_BX,
                           .heads = config().num_heads,
                           .dropout = cell.options.at_site(site)};
    if (const Tensor& prefix = block.cells[i].additions.self_prefix_P2I; prefix.defined()) {
      DOVETAIL_CHECK(!cell.segments_BX.defined());
      inputs.kv = behind_prefix(prefix, inputs.q.narrow(2, inner, 2 * inner));
      inputs.q = inputs.q.narrow(2, 0, inner);
      inputs.mask_BS = mask_behind_prefix(prefix, cell.self_mask_BX);
    }
    return attention(inputs).flatten(0, 1);
  });
}

Tensor Stack::cross_attention(const Block& block, const Tensor& normed_ND, uint64_t site) const {
  const Tensor q_NI = project(normed_ND, tokens_, block, &BlockProjections::cross_q);
  const std::vector<Tensor> kv_NI = split_rows(
      project(memory_ND_, memory_tokens_, block, &BlockProjections::cross_kv), memory_tokens_);
  return for_cells(q_NI, [&](size_t i, const Tensor& q) {
    const StackCell& cell = cells_[i];
    const int64_t rows = rows_[i], inner = config().inner_dim();
    const Tensor& prefix = block.cells[i].additions.cross_prefix_P2I;
    DOVETAIL_CHECK(!prefix.defined() || !cell.segments_BX.defined());
    return attention({.q = q.view({rows, -1, inner}),
                      .kv = behind_prefix(prefix, kv_NI[i].view({rows, -1, 2 * inner})),
                      .mask_BS = mask_behind_prefix(prefix, cell.memory_mask_BS),
                      .segments_BT = cell.segments_BX,
                      .heads = config().num_heads,
                      .dropout = cell.options.at_site(site)})
        .flatten(0, 1);
  });
}

Tensor Stack::add_bottlenecks(Bottleneck BlockAdditions::*which, const Block& block,
                              const Tensor& x_ND, const Tensor& normed_ND) const {
  std::vector<const Bottleneck*> adapters;
  for (const CellBlock& cell : block.cells) adapters.push_back(&(cell.additions.*which));
  return dovetail::add_bottlenecks(adapters, tokens_, x_ND, normed_ND);
}

AddNormOutput Stack::next_norm(const AddNormOutput& stream, const Tensor& x_ND, const Norm& norm,
                               uint64_t site) const {
  const double epsilon = config().layer_norm_epsilon;
  if (cells_.size() == 1 || !any_dropout()) {
    return add_any_norm(stream.hidden_RD, x_ND, norm, epsilon,
                        cells_.size() == 1 ? cells_[0].options.at_site(site) : Dropout{});
  }
  const std::vector<Tensor> residuals = split_rows(stream.hidden_RD, tokens_),
                            added = split_rows(x_ND, tokens_);
  std::vector<Tensor> hidden, normed;
  for (size_t i = 0; i < cells_.size(); ++i) {
    const AddNormOutput own =
        add_any_norm(residuals[i], added[i], norm, epsilon, cells_[i].options.at_site(site));
    hidden.push_back(own.hidden_RD);
    normed.push_back(own.normed_RD);
  }
  return {join_rows(hidden), join_rows(normed)};
}

Tensor Stack::feed_forward(const Block& block, const Tensor& normed_ND, uint64_t site) const {
  const FeedForwardWeights& w = block.w.feed_forward;
  const Tensor inner = project(normed_ND, tokens_, block, &BlockProjections::wi, wi_bias(w));
  const auto activate = [&](size_t i, const Tensor& rows) {
    return model().activate(rows, cells_[i].options.at_site(site));
  };
  const bool drops = any_dropout() && !config().is_causal();  // GPT-2 drops nothing here
  const Tensor active = drops ? for_cells(inner, activate) : model().activate(inner, {});
  return project(active, tokens_, block, &BlockProjections::wo, w.wo_bias_D);
}

AddNormOutput Stack::run_block(const Block& block, AddNormOutput stream,
                               uint64_t first_site) const {
  const auto add = [&](Bottleneck BlockAdditions::*adapter, const Tensor& x) {
    return add_bottlenecks(adapter, block, x, stream.normed_RD);
  };
  Tensor x = project(self_attention(block, stream.normed_RD, first_site), tokens_, block,
                     &BlockProjections::self_o, block.w.self_attention.o_bias_D);
  x = add(&BlockAdditions::self_adapter, x);
  if (crosses_) {
    stream = next_norm(stream, x, norm_of(block.w.cross_attention), first_site + 1);
    x = project(cross_attention(block, stream.normed_RD, first_site + 2), tokens_, block,
                &BlockProjections::cross_o);
    x = add(&BlockAdditions::cross_adapter, x);
  }
  stream = next_norm(stream, x, norm_of(block.w.feed_forward), first_site + 3);
  x = add(&BlockAdditions::feed_forward_adapter,
          feed_forward(block, stream.normed_RD, first_site + 4));
  return next_norm(stream, x, block.next_norm, first_site + 5);
}

// Of a single cell: what depends on trained tensors goes in as an input of the recomputed function.
AddNormOutput Stack::checkpointed_block(const Block& block, const AddNormOutput& stream,
                                        uint64_t first_site) const {
  DOVETAIL_CHECK(cells_.size() == 1);
  const BlockAdditions& additions = block.cells[0].additions;
  Stack same = *this;  // outlives this pass, and so holds none of its tensors
  same.cells_[0].embedded_BXD = same.cells_[0].memory_BSD = Tensor();
  const auto run = [same, block, first_site](const std::vector<Tensor>& x) -> std::vector<Tensor> {
    Stack again = same;
    again.bias_HXX_[0] = x[2];
    again.memory_ND_ = x[3];
    Block own = block;
    own.cells[0].additions.self_prefix_P2I = x[4];
    own.cells[0].additions.cross_prefix_P2I = x[5];
    const AddNormOutput out = again.run_block(own, {x[0], x[1]}, first_site);
    return {out.hidden_RD, out.normed_RD};
  };
  const std::vector<Tensor> out = run_checkpointed(
      run,
      {stream.hidden_RD, stream.normed_RD, bias_HXX_[0], memory_ND_, additions.self_prefix_P2I,
       additions.cross_prefix_P2I},
      trained_in(block.w, block.next_norm, *block.cells[0].projections, additions));
  return {out[0], out[1]};
}

std::vector<Tensor> Stack::run(uint64_t first_site) {
  std::vector<Tensor> embedded;
  for (const StackCell& cell : cells_)
    embedded.push_back(dropout(cell.embedded_BXD, cell.options.at_site(first_site)).flatten(0, 1));
  ++first_site;
  const size_t num_blocks =
      (decoder_ ? model().weights().decoder : model().weights().encoder).blocks.size();
  AddNormOutput stream{.hidden_RD = join_rows(embedded), .normed_RD = Tensor()};
  stream = add_any_norm(stream.hidden_RD, Tensor(), norm_of(block_at(0).w.self_attention),
                        config().layer_norm_epsilon, {});
  for (size_t i = 0; i < num_blocks; ++i) {
    note_progress();
    const Block block = block_at(i);
    set_position_bias(block);
    stream = cells_[0].options.activation_checkpointing
                 ? checkpointed_block(block, stream, first_site)
                 : run_block(block, stream, first_site);
    first_site += kSitesOfABlock;
  }
  std::vector<Tensor> outputs = split_rows(stream.normed_RD, tokens_);
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Tensor own = outputs[i].view(cells_[i].embedded_BXD.sizes());
    outputs[i] = config().is_causal() ? own : dropout(own, cells_[i].options.at_site(first_site));
  }
  return outputs;
}

}  // namespace

std::vector<Tensor> run_stack(bool decoder, std::vector<StackCell> cells, uint64_t first_site) {
  return Stack(decoder, std::move(cells)).run(first_site);
}

}  // namespace dovetail
