// SPDX-License-Identifier: Apache-2.0
#include "model/generation/decoder_session.h"

#include "base/error.h"
#include "kernels/autograd_node.h"
#include "model/generation/causal_cache_decoder.h"
#include "model/generation/dense_cache_decoder.h"
#include "model/generation/indexed_cache_decoder.h"

namespace dovetail {

using at::Tensor;

namespace {

// Whether every row stays, in its place.
bool is_identity(const Tensor& rows_R, int64_t num_rows) {
  if (rows_R.numel() != num_rows) return false;
  const int64_t* row = rows_R.const_data_ptr<int64_t>();
  for (int64_t r = 0; r < num_rows; ++r) {
    if (row[r] != r) return false;
  }
  return true;
}

std::unique_ptr<CachedDecoder> make_decoder(std::span<const EncodedSources> parts,
                                            int64_t beams_per_source) {
  const auto& [model, memory_BSD, mask_BS] = parts.front();
  if (!model->config().is_causal() && is_plain_float(memory_BSD))
    return make_indexed_cache_decoder(parts, beams_per_source);
  DOVETAIL_CHECK(parts.size() == 1);
  const auto make =
      model->config().is_causal() ? make_causal_cache_decoder : make_dense_cache_decoder;
  return make(*model, memory_BSD, mask_BS, beams_per_source);
}

}  // namespace

bool decodes_in_groups(const T5Model& model) {
  return !model.config().is_causal() && is_plain_float(model.weights().shared_VD);
}

DecoderSession::DecoderSession(std::span<const EncodedSources> parts, int64_t beams_per_source)
    : model_(*parts.front().model),
      decoder_(make_decoder(parts, beams_per_source)),
      num_rows_(num_sources(parts) * beams_per_source) {}

Tensor DecoderSession::next_logits(const Tensor& ids_R) {
  return model_.logits(decoder_->next_hidden(ids_R)).to(at::kFloat);
}

void DecoderSession::select(const Tensor& rows_R) {
  if (is_identity(rows_R, num_rows_)) return;
  decoder_->select(rows_R);
  num_rows_ = rows_R.numel();
}

}  // namespace dovetail
