// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "model/rotary.h"
#include "model/t5.h"

// Shape suffixes: those of model/t5.h, and N: the tokens of all cells, one cell after the other.
namespace dovetail {

// One model's part of a pass through a stack: B rows of X tokens.
struct StackCell {
  const T5Model* model = nullptr;
  ForwardOptions options;
  at::Tensor embedded_BXD;
  at::Tensor self_mask_BX;  // the encoder, the decoder with segments, a causal network
  at::Tensor memory_BSD, memory_mask_BS;  // the decoder of an encoder
  at::Tensor segments_BX;                 // of the stack's own tokens; undefined without
  at::Tensor bias_HXX;  // of self-attention, where no weights make it: a causal network's
  RotaryAngles rotary;  // of its positions
};

// Runs the encoder or the decoder of models that share their weights (may_share) and differ in
// their additions, dropout and rows. Products, norms and activations take the tokens of all cells
// at once; attention and additions go cell by cell. Returns each cell's normed output [B, X, D],
// which does not depend on the other cells beyond rounding.
std::vector<at::Tensor> run_stack(bool decoder, std::vector<StackCell> cells, uint64_t first_site);

}  // namespace dovetail
