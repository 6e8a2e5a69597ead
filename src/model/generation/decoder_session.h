// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>

#include "model/generation/cached_decoder.h"
#include "model/generation/encoded_sources.h"

// Shape suffixes as in model/generation/cached_decoder.h.
namespace dovetail {

// Decodes step by step, for any search. It chooses the KV cache for the device and type, and adds
// the head. Row r belongs to live source r / N.
class DecoderSession {
 public:
  // The sources of one model, or one after the other those of models that may share a pass and
  // decode in groups (decodes_in_groups).
  DecoderSession(std::span<const EncodedSources> parts, int64_t beams_per_source);

  // Runs one step on one id a row (int64). Returns float32 logits [R, V] of the next token, on the
  // model's device. The caller may write into them.
  at::Tensor next_logits(const at::Tensor& ids_R);

  // Row r continues from the former row rows_R[r] (int64, CPU). Every N rows come from one source;
  // sources without rows are dropped.
  void select(const at::Tensor& rows_R);

  int64_t num_rows() const { return num_rows_; }

 private:
  const T5Model& model_;  // whose head all have
  std::unique_ptr<CachedDecoder> decoder_;
  int64_t num_rows_ = 0;
};

}  // namespace dovetail
