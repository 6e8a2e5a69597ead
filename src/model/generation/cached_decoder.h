// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

// Shape suffixes beside those of model/t5.h: L live sources, N beams of a source, R = L * N rows.
namespace dovetail {

// The decoder with its KV cache: the keys and values of all steps so far, and of each source for
// cross-attention. Row r belongs to live source r / N.
class CachedDecoder {
 public:
  virtual ~CachedDecoder() = default;

  // Runs one step on one id a row (int64). Returns the hidden state [R, D] of the next position,
  // after the stack's final norm.
  virtual at::Tensor next_hidden(const at::Tensor& ids_R) = 0;

  // Row r continues from the former row rows_R[r] (int64, CPU). Every N rows come from one source;
  // sources without rows leave the cache.
  virtual void select(const at::Tensor& rows_R) = 0;
};

}  // namespace dovetail
