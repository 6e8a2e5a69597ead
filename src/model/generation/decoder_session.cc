// SPDX-License-Identifier: Apache-2.0
#include "model/generation/decoder_session.h"

namespace dovetail {

using at::Tensor;

namespace {

// Every row in its place, and none left out.
bool is_identity(const Tensor& rows_R, int64_t num_rows) {
  if (rows_R.numel() != num_rows) return false;
  const int64_t* row = rows_R.const_data_ptr<int64_t>();
  for (int64_t r = 0; r < num_rows; ++r) {
    if (row[r] != r) return false;
  }
  return true;
}

bool is_plain(const Tensor& x) { return x.device().is_cpu() && x.scalar_type() == at::kFloat; }

}  // namespace

DecoderSession::DecoderSession(const T5Model& model, const Tensor& memory_BSD,
                               const Tensor& mask_BS, int64_t beams_per_source)
    : model_(model),
      steps_(is_plain(memory_BSD)
                 ? make_row_steps(model, memory_BSD, mask_BS, beams_per_source)
                 : make_tensor_steps(model, memory_BSD, mask_BS, beams_per_source)),
      num_rows_(memory_BSD.size(0) * beams_per_source) {}

Tensor DecoderSession::next_logits(const Tensor& ids_R) {
  return model_.logits(steps_->next_hidden(ids_R)).to(at::kFloat);
}

void DecoderSession::select(const Tensor& rows_R) {
  if (is_identity(rows_R, num_rows_)) return;
  steps_->select(rows_R);
  num_rows_ = rows_R.numel();
}

}  // namespace dovetail
