// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/dropout_bits.h"

namespace dovetail {

enum class Activation { relu, gated_gelu, gated_silu };

// One row of the feed-forward's inner layer. Not gated: out[i] = dropout(relu(in[i])), which may be
// in place. Gated: `in` holds 2 * width numbers, the activation's input and then the factor of its
// output. `begin` is the index of the row's first output element in the whole tensor.
void activation_row(Activation activation, const float* in, float* out, int64_t begin,
                    int64_t width, const DropoutBits& dropout);

// Writes the gradient of `in` to `din`. relu needs the output alone: the gradient is 0 where the
// output is; `din` may be `dout`. Gated: `din` holds 2 * width numbers in another buffer.
void relu_row_backward(const float* dout, const float* out, float* din, int64_t width, float scale);
void gated_row_backward(Activation activation, const float* dout, const float* in, float* din,
                        int64_t begin, int64_t width, const DropoutBits& dropout);

}  // namespace dovetail
