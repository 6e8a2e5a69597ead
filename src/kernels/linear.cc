// SPDX-License-Identifier: Apache-2.0
#include "kernels/linear.h"

#include <ATen/ops/cat.h>
#include <c10/core/GradMode.h>
#include <algorithm>

#include "kernels/autograd_node.h"
#include "kernels/gradient_listener.h"
#include "kernels/low_rank.h"
#include "kernels/matmul.h"

namespace dovetail {

using at::Tensor;

namespace {

bool follow_each_other(const std::vector<Tensor>& tensors) {
  for (size_t i = 0; i + 1 < tensors.size(); ++i) {
    const Tensor &a = tensors[i], &b = tensors[i + 1];
    if (!a.defined() || !b.defined() || !a.is_contiguous() || !b.is_contiguous()) return false;
    if (a.storage().data_ptr().get() != b.storage().data_ptr().get()) return false;
    if (b.storage_offset() != a.storage_offset() + a.numel()) return false;
  }
  return tensors.back().is_contiguous();
}

Tensor joined_view(const std::vector<Tensor>& tensors) {
  int64_t rows = 0;
  for (const Tensor& tensor : tensors) rows += tensor.size(0);
  return tensors[0].detach().as_strided({rows, tensors[0].size(1)}, {tensors[0].size(1), 1});
}

std::vector<Tensor> gradients_of(const std::vector<Tensor>& parts) {
  std::vector<Tensor> gradients;
  for (const Tensor& part : parts) gradients.push_back(part.grad());
  return gradients;
}

// One product for all gradients that are not there yet, which become views of its result.
void make_gradients(const std::vector<Tensor>& parts, const Tensor& dy_RN, const Tensor& x_RK) {
  const Tensor whole = GradientListener::gradient_of(parts, dy_RN.options());
  matmul_into(whole, dy_RN.t(), x_RK);
  int64_t row = 0;
  for (const Tensor& part : parts) {
    part.mutable_grad() = whole.narrow(0, row, part.size(0));
    row += part.size(0);
  }
}

void accumulate_gradients(const Projection& projection, const Tensor& dy_RN, const Tensor& x_RK) {
  const auto& parts = projection.parts;
  const bool all =
      std::all_of(parts.begin(), parts.end(), [](const Tensor& t) { return t.requires_grad(); });
  const std::vector<Tensor> gradients = gradients_of(parts);
  const bool none_yet =
      std::none_of(gradients.begin(), gradients.end(), [](const Tensor& t) { return t.defined(); });
  if (all && none_yet) return make_gradients(parts, dy_RN, x_RK);
  if (all && follow_each_other(gradients)) {
    matmul_into(joined_view(gradients), dy_RN.t(), x_RK, 1, /*accumulate=*/true);
    return;
  }
  int64_t column = 0;
  for (const Tensor& part : parts) {
    const Tensor dy = dy_RN.narrow(1, column, part.size(0));
    column += part.size(0);
    if (part.requires_grad()) add_gradient(part, matrix_product(dy.t(), x_RK));
  }
}

struct LinearBackward final : BackwardNode {
  Tensor x_RK;
  Projection projection;
  std::vector<int64_t> input_shape;

  variable_list apply(variable_list&& gradients) override {
    variable_list results(1 + projection.parts.size());
    if (!gradients[0].defined()) return results;
    const BelowAutograd below;
    const Tensor dy_RN = gradients[0].reshape({-1, projection.whole.size(0)});
    gradients.clear();
    const auto& parts = projection.parts;
    if (std::any_of(parts.begin(), parts.end(),
                    [](const Tensor& t) { return t.requires_grad(); })) {
      accumulate_gradients(projection, dy_RN, x_RK);
      for (const Tensor& part : parts) {
        if (part.requires_grad()) GradientListener::tell(part);
      }
    }
    if (task_should_compute_output(0))
      results[0] = multiply_backward(dy_RN, projection).view(input_shape);
    return results;
  }

  void release_variables() override { x_RK = Tensor(); }
};

std::shared_ptr<LinearBackward> node_for(const Tensor& x, const Projection& projection) {
  std::vector<Tensor> inputs{x};
  inputs.insert(inputs.end(), projection.parts.begin(), projection.parts.end());
  return backward_node<LinearBackward>(inputs);
}

}  // namespace

Projection join_weights(const std::vector<Tensor*>& weights) {
  Projection projection;
  for (const Tensor* weight : weights) projection.parts.push_back(*weight);
  if (weights.size() == 1) {
    projection.whole = weights[0]->detach();
    return projection;
  }
  if (!follow_each_other(projection.parts)) {
    const at::NoGradGuard no_grad;
    const Tensor whole = at::cat(projection.parts, 0);
    int64_t row = 0;
    for (size_t i = 0; i < weights.size(); ++i) {
      *weights[i] = whole.narrow(0, row, weights[i]->size(0)).detach();
      projection.parts[i] = *weights[i];
      row += weights[i]->size(0);
    }
  }
  projection.whole = joined_view(projection.parts);
  return projection;
}

void set_packing(Projection& projection, Packing packing) {
  const Tensor& whole = projection.whole;
  projection.packed = projection.packed_backward = {};
  if (packing == Packing::none || !whole.defined() || !is_plain_float(whole) ||
      !own_products_are_faster())
    return;
  const float* data = whole.const_data_ptr<float>();
  const int64_t outputs = whole.size(0), inputs = whole.size(1);
  projection.packed = PackedMatrix({data, 1, inputs}, inputs, outputs);
  if (packing == Packing::both_ways)
    projection.packed_backward = PackedMatrix({data, inputs, 1}, outputs, inputs);
}

namespace {

Tensor packed_or_not(const Tensor& a, const PackedMatrix& packed, const Tensor& b, double scale) {
  if (packed.depth() > 0 && is_plain_float(a)) return packed_product(a, packed, scale);
  return matrix_product(a, b, scale);
}

}  // namespace

Tensor multiply(const Tensor& x_RK, const Projection& projection, double scale) {
  return packed_or_not(x_RK, projection.packed, projection.whole.t(), scale);
}

Tensor multiply_backward(const Tensor& dy_RN, const Projection& projection, double scale) {
  return packed_or_not(dy_RN, projection.packed_backward, projection.whole, scale);
}

Tensor linear(const Tensor& x, const Projection& projection) {
  const auto node = node_for(x, projection);
  std::vector<int64_t> shape = x.sizes().vec();
  Tensor y;
  {
    const BelowAutograd below;
    const Tensor x_RK = x.reshape({-1, x.size(-1)});
    if (node) {
      node->x_RK = x_RK.detach();
      node->projection = projection;
      node->input_shape = shape;
    }
    shape.back() = projection.whole.size(0);
    y = multiply(x_RK, projection).view(shape);
  }
  attach(y, node);
  return projection.low_rank.empty() ? y : add_low_rank(y, x, projection);
}

void add_gradient(const Tensor& parameter, const Tensor& gradient) {
  Tensor& sum = parameter.mutable_grad();
  if (!sum.defined()) {
    sum = gradient;
  } else {
    sum.add_(gradient);
  }
}

}  // namespace dovetail
