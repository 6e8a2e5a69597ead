// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>

#include "model/t5.h"

// Shape suffixes beside those of t5.h: L live sources, N beams of a source, R = L * N rows.
namespace dovetail {

// What decoding keeps from step to step, and the step itself.
class DecoderSteps {
 public:
  virtual ~DecoderSteps() = default;
  // One id a row: the hidden state of the next position, normed by the stack's last norm. [R, D]
  virtual at::Tensor next_hidden(const at::Tensor& ids_R) = 0;
  // Row r becomes what row rows_R[r] was.
  virtual void select(const at::Tensor& rows_R) = 0;
};

// On any device and in any type, in LibTorch's operations.
std::unique_ptr<DecoderSteps> make_tensor_steps(const T5Model& model, const at::Tensor& memory_BSD,
                                                const at::Tensor& mask_BS,
                                                int64_t beams_per_source);
// Float32 on the CPU: keys and values stay where they were computed, and rows remember where that
// is.
std::unique_ptr<DecoderSteps> make_row_steps(const T5Model& model, const at::Tensor& memory_BSD,
                                             const at::Tensor& mask_BS, int64_t beams_per_source);

// Decoding step by step, for any search. All that is kept between steps (self-attention keys and
// values, a source's cross-attention keys and values, shared by its beams) is in here and nowhere
// else. Row r belongs to live source r / N. The model must outlive the session; dropout is off.
class DecoderSession {
 public:
  DecoderSession(const T5Model& model, const at::Tensor& memory_BSD, const at::Tensor& mask_BS,
                 int64_t beams_per_source);

  // One id a row (int64): the token to go on from. Float32 logits of the next one, on the model's
  // device; the caller may write into them.
  at::Tensor next_logits(const at::Tensor& ids_R);

  // Row r becomes what row rows_R[r] was (int64, CPU). Every N rows come from one source; sources
  // without rows are forgotten.
  void select(const at::Tensor& rows_R);

  int64_t num_rows() const { return num_rows_; }

 private:
  const T5Model& model_;
  std::unique_ptr<DecoderSteps> steps_;
  int64_t num_rows_ = 0;
};

}  // namespace dovetail
