// SPDX-License-Identifier: Apache-2.0
#include "model/decoder_session.h"

#include <limits>

#include "kernels/rms_norm.h"
#include "model/position_bias.h"

namespace dovetail {

using torch::Tensor;

namespace {

Tensor attend(const Tensor& query, const KeyValue& memory, const Tensor& bias) {
  const Tensor scores = torch::matmul(query, memory.key_BHTC.transpose(2, 3)) + bias;
  return torch::matmul(torch::softmax(scores, -1), memory.value_BHTC);
}

Tensor rows_of(const Tensor& kept, const Tensor& rows) { return kept.index_select(0, rows); }

void keep(std::vector<KeyValue>& memories, const Tensor& rows) {
  for (KeyValue& memory : memories) {
    memory = {rows_of(memory.key_BHTC, rows), rows_of(memory.value_BHTC, rows)};
  }
}

// Every row in its place, and none left out.
bool is_identity(const Tensor& rows_R, int64_t num_rows) {
  if (rows_R.numel() != num_rows) return false;
  const int64_t* row = rows_R.const_data_ptr<int64_t>();
  for (int64_t r = 0; r < num_rows; ++r) {
    if (row[r] != r) return false;
  }
  return true;
}

}  // namespace

DecoderSession::DecoderSession(const T5Model& model, const Tensor& memory_BSD,
                               const Tensor& mask_BS, int64_t beams_per_source)
    : model_(model), beams_(beams_per_source), live_(memory_BSD.size(0)) {
  cross_ = model.start_decoding(memory_BSD).cross;
  self_.resize(cross_.size());
  source_bias_ = ((1.0 - mask_BS) * std::numeric_limits<float>::lowest()).unsqueeze(1).unsqueeze(1);
}

Tensor DecoderSession::heads_of_rows(const Tensor& hidden_RD, const Tensor& weight) const {
  const T5Config& config = model_.config();
  return torch::linear(hidden_RD, weight).view({hidden_RD.size(0), config.num_heads, 1, config.d_kv});
}

// Models with a bias in every block (UMT5) and those with one for all.
Tensor DecoderSession::self_bias(size_t block) const {
  const auto& blocks = model_.weights().decoder.blocks;
  const Tensor& own = blocks[block].self_attention.relative_attention_bias_KH;
  return position_bias(own.defined() ? own : blocks[0].self_attention.relative_attention_bias_KH,
                       model_.config(), /*bidirectional=*/false, length_, 1, length_ + 1);
}

Tensor DecoderSession::self_attention(const AttentionWeights& w, KeyValue& past, const Tensor& bias,
                                      const Tensor& hidden_RD) const {
  const Tensor normed = rms_norm(hidden_RD, w.norm_D, model_.config().layer_norm_epsilon);
  const KeyValue now{heads_of_rows(normed, w.k_ID), heads_of_rows(normed, w.v_ID)};
  past = length_ == 0 ? now
                      : KeyValue{torch::cat({past.key_BHTC, now.key_BHTC}, 2),
                                 torch::cat({past.value_BHTC, now.value_BHTC}, 2)};
  const Tensor mixed = attend(heads_of_rows(normed, w.q_ID), past, bias);
  return hidden_RD + torch::linear(mixed.flatten(1), w.o_DI);
}

// The beams of a source stand where a query's positions would: its keys are read once for all.
Tensor DecoderSession::cross_attention(const AttentionWeights& w, const KeyValue& source,
                                       const Tensor& hidden_RD) const {
  const T5Config& config = model_.config();
  const Tensor normed = rms_norm(hidden_RD, w.norm_D, config.layer_norm_epsilon);
  const Tensor query_LHNC = torch::linear(normed, w.q_ID)
                                .view({live_, beams_, config.num_heads, config.d_kv})
                                .transpose(1, 2);
  const Tensor mixed_LHNC = attend(query_LHNC, source, source_bias_);
  const Tensor mixed_RI = mixed_LHNC.transpose(1, 2).reshape({num_rows(), config.inner_dim()});
  return hidden_RD + torch::linear(mixed_RI, w.o_DI);
}

Tensor DecoderSession::feed_forward(const FeedForwardWeights& w, const Tensor& hidden_RD) const {
  const T5Config& config = model_.config();
  const Tensor normed = rms_norm(hidden_RD, w.norm_D, config.layer_norm_epsilon);
  Tensor inner = torch::linear(normed, w.wi_FD);
  if (!config.gated()) {
    inner = torch::relu(inner);
  } else {
    // "gated-gelu" is the tanh approximation, as published
    inner = config.feed_forward_proj == "gated-gelu" ? torch::gelu(inner, "tanh") : torch::silu(inner);
    inner = inner * torch::linear(normed, w.wi_1_FD);
  }
  return hidden_RD + torch::linear(inner, w.wo_DF);
}

Tensor DecoderSession::next_logits(const Tensor& ids_R) {
  const StackWeights& decoder = model_.weights().decoder;
  Tensor hidden_RD = model_.embed(ids_R), bias;
  for (size_t i = 0; i < decoder.blocks.size(); ++i) {
    const BlockWeights& block = decoder.blocks[i];
    const bool own_bias = block.self_attention.relative_attention_bias_KH.defined();
    if (i == 0 || own_bias) bias = self_bias(i);
    hidden_RD = self_attention(block.self_attention, self_[i], bias, hidden_RD);
    hidden_RD = cross_attention(block.cross_attention, cross_[i], hidden_RD);
    hidden_RD = feed_forward(block.feed_forward, hidden_RD);
  }
  ++length_;
  hidden_RD = rms_norm(hidden_RD, decoder.final_norm_D, model_.config().layer_norm_epsilon);
  return model_.logits(hidden_RD).to(torch::kFloat32);
}

void DecoderSession::select(const Tensor& rows_R) {
  if (is_identity(rows_R, num_rows())) return;
  const torch::Device device = source_bias_.device();
  keep(self_, rows_R.to(device));
  const Tensor sources_L =
      rows_R.slice(0, 0, rows_R.numel(), beams_).div(beams_, "floor").contiguous();
  if (!is_identity(sources_L, live_)) {
    keep(cross_, sources_L.to(device));
    source_bias_ = rows_of(source_bias_, sources_L.to(device));
    live_ = sources_L.numel();
  }
}

}  // namespace dovetail
