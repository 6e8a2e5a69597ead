// SPDX-License-Identifier: Apache-2.0
#include "model/stack.h"

#include <map>
#include <utility>

#include "base/error.h"
#include "kernels/activation.h"
#include "kernels/add_norm.h"
#include "kernels/dropout.h"
#include "kernels/rows.h"
#include "model/checkpointing.h"
#include "model/position_bias.h"

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
  Tensor next_norm_D;  // of the sublayer that follows the block
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
                 Projection BlockProjections::*which) const;
  Tensor self_attention(const Block& block, const Tensor& normed_ND, uint64_t site) const;
  Tensor cross_attention(const Block& block, const Tensor& normed_ND, uint64_t site) const;
  Tensor add_bottlenecks(Bottleneck BlockAdditions::*which, const Block& block, const Tensor& x_ND,
                         const Tensor& normed_ND) const;
  AddNormOutput next_norm(const AddNormOutput& stream, const Tensor& x_ND, const Tensor& norm_D,
                          uint64_t site) const;
  AddNormOutput run_block(const Block& block, AddNormOutput stream, uint64_t first_site) const;
  AddNormOutput checkpointed_block(const Block& block, const AddNormOutput& stream,
                                   uint64_t first_site) const;
  bool any_dropout() const;
  // Applies step(cell's number, its rows of x) to each cell.
  template <typename Step>
  Tensor for_cells(const Tensor& x_ND, Step step) const;

  bool decoder_;
  std::vector<StackCell> cells_;
  std::vector<int64_t> rows_, tokens_, memory_tokens_;  // of each cell
  std::vector<Tensor> bias_HXX_;                        // of each cell's self-attention
  Tensor memory_ND_;
};

int64_t tokens_of(const Tensor& x_BXD) { return x_BXD.size(0) * x_BXD.size(1); }

Stack::Stack(bool decoder, std::vector<StackCell> cells)
    : decoder_(decoder), cells_(std::move(cells)), bias_HXX_(cells_.size()) {
  std::vector<Tensor> memories;
  for (const StackCell& cell : cells_) {
    rows_.push_back(cell.embedded_BXD.size(0));
    tokens_.push_back(tokens_of(cell.embedded_BXD));
    if (!decoder_) continue;
    memory_tokens_.push_back(tokens_of(cell.memory_BSD));
    memories.push_back(cell.memory_BSD.flatten(0, 1));
  }
  if (decoder_) memory_ND_ = join_rows(memories);
}

bool Stack::any_dropout() const {
  for (const StackCell& cell : cells_)
    if (cell.options.dropout > 0) return true;
  return false;
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
  Block block{
      blocks[index],
      {},
      index + 1 < blocks.size() ? blocks[index + 1].self_attention.norm_D : stack.final_norm_D};
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
                      Projection BlockProjections::*which) const {
  std::vector<LinearPart> parts;
  for (size_t i = 0; i < cells_.size(); ++i) {
    parts.push_back(
        {&(block.cells[i].projections->*which), tokens[i], cells_[i].options.dropout_seed});
  }
  return linear(x_ND, parts);
}

// The attention over the stack's own tokens, before the output's matrix.
Tensor Stack::self_attention(const Block& block, const Tensor& normed_ND, uint64_t site) const {
  const Tensor qkv_NI = project(normed_ND, tokens_, block, &BlockProjections::self_qkv);
  return for_cells(qkv_NI, [&](size_t i, const Tensor& qkv) {
    const StackCell& cell = cells_[i];
    const int64_t rows = rows_[i], inner = config().inner_dim();
    AttentionInputs inputs{.q = qkv.view({rows, -1, 3 * inner}),
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
  bool any = false;
  for (const CellBlock& cell : block.cells) any |= (cell.additions.*which).down_rD.defined();
  if (!any) return x_ND;
  const std::vector<Tensor> normed = split_rows(normed_ND, tokens_);
  return for_cells(x_ND, [&](size_t i, const Tensor& x) {
    return add_bottleneck(block.cells[i].additions.*which, x, normed[i]);
  });
}

AddNormOutput Stack::next_norm(const AddNormOutput& stream, const Tensor& x_ND,
                               const Tensor& norm_D, uint64_t site) const {
  const double epsilon = config().layer_norm_epsilon;
  if (cells_.size() == 1 || !any_dropout()) {
    return add_norm(stream.hidden_RD, x_ND, norm_D, epsilon,
                    cells_.size() == 1 ? cells_[0].options.at_site(site) : Dropout{});
  }
  const std::vector<Tensor> residuals = split_rows(stream.hidden_RD, tokens_),
                            added = split_rows(x_ND, tokens_);
  std::vector<Tensor> hidden, normed;
  for (size_t i = 0; i < cells_.size(); ++i) {
    const AddNormOutput own =
        add_norm(residuals[i], added[i], norm_D, epsilon, cells_[i].options.at_site(site));
    hidden.push_back(own.hidden_RD);
    normed.push_back(own.normed_RD);
  }
  return {join_rows(hidden), join_rows(normed)};
}

AddNormOutput Stack::run_block(const Block& block, AddNormOutput stream,
                               uint64_t first_site) const {
  const auto add = [&](Bottleneck BlockAdditions::*adapter, const Tensor& x) {
    return add_bottlenecks(adapter, block, x, stream.normed_RD);
  };
  const auto project_own = [&](const Tensor& x, Projection BlockProjections::*which) {
    return project(x, tokens_, block, which);
  };
  Tensor x =
      project_own(self_attention(block, stream.normed_RD, first_site), &BlockProjections::self_o);
  x = add(&BlockAdditions::self_adapter, x);
  if (decoder_) {
    stream = next_norm(stream, x, block.w.cross_attention.norm_D, first_site + 1);
    x = project_own(cross_attention(block, stream.normed_RD, first_site + 2),
                    &BlockProjections::cross_o);
    x = add(&BlockAdditions::cross_adapter, x);
  }
  stream = next_norm(stream, x, block.w.feed_forward.norm_D, first_site + 3);
  const Activation activation = model().activation();
  const Tensor inner = project_own(stream.normed_RD, &BlockProjections::wi);
  const auto activate = [&](size_t i, const Tensor& rows) {
    return feed_forward_activation(rows, activation, cells_[i].options.at_site(first_site + 4));
  };
  const Tensor active =
      any_dropout() ? for_cells(inner, activate) : feed_forward_activation(inner, activation, {});
  x = add(&BlockAdditions::feed_forward_adapter, project_own(active, &BlockProjections::wo));
  return next_norm(stream, x, block.next_norm_D, first_site + 5);
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
  const std::vector<Tensor> out =
      run_checkpointed(run,
                       {stream.hidden_RD, stream.normed_RD, bias_HXX_[0], memory_ND_,
                        additions.self_prefix_P2I, additions.cross_prefix_P2I},
                       block.w.self_attention.q_ID);
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
  stream = add_norm(stream.hidden_RD, Tensor(), block_at(0).w.self_attention.norm_D,
                    config().layer_norm_epsilon, {});
  for (size_t i = 0; i < num_blocks; ++i) {
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
    outputs[i] = dropout(own, cells_[i].options.at_site(first_site));
  }
  return outputs;
}

}  // namespace

std::vector<Tensor> run_stack(bool decoder, std::vector<StackCell> cells, uint64_t first_site) {
  return Stack(decoder, std::move(cells)).run(first_site);
}

}  // namespace dovetail
