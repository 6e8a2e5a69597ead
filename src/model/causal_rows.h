// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

// Shape suffixes: B batch, S source length, T target length, X = S + T.
namespace dovetail {

// Source and target as the one row that a causal network reads: the source's columns, then those of
// what a decoder reads, its start and the target without the last id. A token is predicted from the
// one before it, so the start is left out where there is a source, whose last token takes its
// place. A source's padding stays where it is, between the two; nobody sees it, and positions count
// tokens alone, as transformers counts them (position_ids of a padded batch).
//
//   source  10 11 pad    target  20 21 22
//   columns   10 11 pad | start 20 21
//   positions  0  1   - |     -  2  3
//   predicts          20 (from column 1)   21 (4)   22 (5)
struct CausalRows {
  at::Tensor keys_BX;       // float: 1 for tokens that others see, 0 for the rest; with segments,
                            // where several examples share a row, the number of the token's
  at::Tensor segments_BX;   // float: the same numbers for queries; undefined without segments
  at::Tensor positions_BX;  // int64, from 0 in each example
  at::Tensor outputs_BT;    // int64: the column that predicts each token of the target
  int64_t longest = 0;      // the greatest position and one
};

// mask_BS (float): 1 for the source's tokens, 0 for padding; with segments_BT, the numbers of the
// target's examples, those of the source's. The results are on the mask's device.
CausalRows lay_out_rows(const at::Tensor& mask_BS, const at::Tensor& segments_BT,
                        int64_t target_length);

}  // namespace dovetail
