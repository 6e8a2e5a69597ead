// SPDX-License-Identifier: Apache-2.0
#include "kernels/rows.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include "base/error.h"
#include "kernels/autograd_node.h"

namespace dovetail {

using at::Tensor;

namespace {

std::vector<int64_t> shape_with(const Tensor& like, int64_t rows) {
  std::vector<int64_t> shape = like.sizes().vec();
  shape[0] = rows;
  return shape;
}

std::vector<Tensor> views(const Tensor& whole, const std::vector<int64_t>& rows) {
  std::vector<Tensor> parts;
  int64_t first = 0;
  for (const int64_t count : rows) {
    parts.push_back(whole.narrow(0, first, count));
    first += count;
  }
  DOVETAIL_CHECK(first == whole.size(0));
  return parts;
}

Tensor joined(const std::vector<Tensor>& parts) {
  if (!are_neighbours(parts)) return at::cat(parts, 0);
  int64_t rows = 0;
  for (const Tensor& part : parts) rows += part.size(0);
  return parts[0].as_strided(shape_with(parts[0], rows), parts[0].strides());
}

std::vector<int64_t> rows_of(const std::vector<Tensor>& parts) {
  std::vector<int64_t> rows;
  for (const Tensor& part : parts) rows.push_back(part.size(0));
  return rows;
}

struct JoinBackward final : BackwardNode {
  std::vector<int64_t> rows;

  variable_list apply(variable_list&& gradients) override {
    if (!gradients[0].defined()) return variable_list(rows.size());
    const BelowAutograd below;
    return views(gradients[0].contiguous(), rows);
  }
};

struct SplitBackward final : BackwardNode {
  std::vector<int64_t> rows;
  Tensor like;  // any part, for its shape and type

  variable_list apply(variable_list&& gradients) override {
    const BelowAutograd below;
    for (size_t i = 0; i < rows.size(); ++i) {
      if (!gradients[i].defined())
        gradients[i] = at::zeros(shape_with(like, rows[i]), like.options());
      gradients[i] = gradients[i].contiguous();
    }
    return {joined(gradients)};
  }
};

}  // namespace

bool are_neighbours(const std::vector<Tensor>& tensors) {
  for (size_t i = 0; i + 1 < tensors.size(); ++i) {
    const Tensor &a = tensors[i], &b = tensors[i + 1];
    if (!a.defined() || !b.defined() || !a.is_contiguous() || !b.is_contiguous()) return false;
    if (a.storage().data_ptr().get() != b.storage().data_ptr().get()) return false;
    if (b.storage_offset() != a.storage_offset() + a.numel()) return false;
  }
  return tensors.back().is_contiguous();
}

Tensor join_rows(const std::vector<Tensor>& parts) {
  if (parts.size() == 1) return parts[0];
  const auto node = backward_node<JoinBackward>(parts);
  if (node) node->rows = rows_of(parts);
  Tensor whole;
  {
    const BelowAutograd below;
    std::vector<Tensor> plain;
    for (const Tensor& part : parts) plain.push_back(part.detach());
    whole = joined(plain);
  }
  attach(whole, node);
  return whole;
}

std::vector<Tensor> split_rows(const Tensor& whole, const std::vector<int64_t>& rows) {
  if (rows.size() == 1) return {whole};
  const auto node = backward_node<SplitBackward>({whole});
  std::vector<Tensor> parts;
  {
    const BelowAutograd below;
    parts = views(whole.detach().contiguous(), rows);
  }
  if (node) {
    node->rows = rows;
    node->like = parts[0].detach();
    for (const Tensor& part : parts) attach(part, node);
  }
  return parts;
}

}  // namespace dovetail
