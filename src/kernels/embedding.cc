// SPDX-License-Identifier: Apache-2.0
#include "kernels/embedding.h"

#include <ATen/ops/embedding.h>
#include <ATen/ops/zeros_like.h>

#include "kernels/autograd_node.h"
#include "kernels/embedding_cpu.h"

namespace dovetail {

using at::Tensor;

namespace {

struct EmbeddingBackward final : BackwardNode {
  Tensor weight_VD, ids;

  variable_list apply(variable_list&& gradients) override {
    if (!gradients[0].defined()) return {Tensor()};
    const BelowAutograd below;
    Tensor& sum_VD = weight_VD.mutable_grad();
    if (!sum_VD.defined()) sum_VD = at::zeros_like(weight_VD);
    const Tensor rows_RD = gradients[0].reshape({-1, weight_VD.size(1)}).contiguous();
    if (is_plain_float(sum_VD) && sum_VD.is_contiguous()) {
      const Tensor flat = ids.contiguous();
      add_rows(rows_RD.const_data_ptr<float>(), flat.const_data_ptr<int64_t>(), flat.numel(),
               weight_VD.size(1), sum_VD.data_ptr<float>());
    } else {
      sum_VD.index_add_(0, ids.flatten(), rows_RD);
    }
    return {Tensor()};
  }

  void release_variables() override { ids = Tensor(); }
};

}  // namespace

Tensor embed_ids(const Tensor& weight_VD, const Tensor& ids) {
  const auto node = backward_node<EmbeddingBackward>({weight_VD});
  if (node) {
    node->weight_VD = weight_VD;
    node->ids = ids;
  }
  Tensor rows;
  {
    const BelowAutograd below;
    rows = at::embedding(weight_VD.detach(), ids);
  }
  attach(rows, node);
  return rows;
}

}  // namespace dovetail
