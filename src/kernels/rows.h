// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

// Shape suffixes: R rows; the other dimensions are equal.
namespace dovetail {

// Whether each tensor begins in memory where the one before it ends.
bool are_neighbours(const std::vector<at::Tensor>& tensors);

// Tensors [R_i, ...] as one tensor of all rows. Neighbours in memory are not copied: the result is
// a view of them. Differentiable.
at::Tensor join_rows(const std::vector<at::Tensor>& parts);

// A contiguous tensor as views of these numbers of rows. Differentiable; the gradient is not copied
// either where its parts come as neighbours.
std::vector<at::Tensor> split_rows(const at::Tensor& whole, const std::vector<int64_t>& rows);

}  // namespace dovetail
