// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "model/t5.h"

// Shape suffixes: those of model/t5.h, and X: the columns of a row, source and target.
namespace dovetail {

// decode_group() of causal networks. Their encoder is none: its output is the embedded source,
// which stands before the target in one row (model/causal_rows.h). Returns the hidden states that
// predict the target, [B, T, D] each.
std::vector<at::Tensor> decode_causal_group(const std::vector<DecoderPart>& parts,
                                            uint64_t first_site);

// Adds learned positions, where the network has them. `longest` is the greatest position and one:
// ConfigError where the network has fewer.
at::Tensor add_positions(const T5Model& model, const at::Tensor& embedded_BXD,
                         const at::Tensor& positions_BX, int64_t longest);

}  // namespace dovetail
