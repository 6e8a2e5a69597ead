// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>

#include "model/generation/cached_decoder.h"
#include "model/t5.h"

// Shape suffixes as in model/generation/cached_decoder.h.
namespace dovetail {

// Decodes step by step, for any search. It chooses the KV cache for the device and type, and adds
// the head. Row r belongs to live source r / N. The model must outlive the session.
class DecoderSession {
 public:
  // memory_BSD is the encoder's output, mask_BS its mask (1 for tokens, 0 for padding).
  DecoderSession(const T5Model& model, const at::Tensor& memory_BSD, const at::Tensor& mask_BS,
                 int64_t beams_per_source);

  // Runs one step on one id a row (int64). Returns float32 logits [R, V] of the next token, on the
  // model's device. The caller may write into them.
  at::Tensor next_logits(const at::Tensor& ids_R);

  // Row r continues from the former row rows_R[r] (int64, CPU). Every N rows come from one source;
  // sources without rows are dropped.
  void select(const at::Tensor& rows_R);

  int64_t num_rows() const { return num_rows_; }

 private:
  const T5Model& model_;
  std::unique_ptr<CachedDecoder> decoder_;
  int64_t num_rows_ = 0;
};

}  // namespace dovetail
