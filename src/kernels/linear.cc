// SPDX-License-Identifier: Apache-2.0
#include "kernels/linear.h"

#include <ATen/ops/cat.h>
#include <c10/core/GradMode.h>
#include <algorithm>

#include "base/error.h"
#include "kernels/autograd_node.h"
#include "kernels/gradient_listener.h"
#include "kernels/matmul.h"
#include "kernels/rows.h"
#include "kernels/weight_addition.h"

namespace dovetail {

using at::Tensor;

namespace {

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

// Makes all gradients by one matmul, as views of its result.
void make_gradients(const std::vector<Tensor>& parts, const Tensor& dy_RN, const Tensor& x_RK) {
  const Tensor whole = GradientListener::new_gradient(parts, dy_RN.options());
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
  if (all && are_neighbours(gradients)) {
    matmul_into(joined_view(gradients), dy_RN.t(), x_RK, 1, /*accumulate=*/true);
    return;
  }
  int64_t column = 0;
  for (const Tensor& part : parts) {
    const Tensor dy = dy_RN.narrow(1, column, part.size(0));
    column += part.size(0);
    if (part.requires_grad()) add_gradient(part, scaled_matmul(dy.t(), x_RK));
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
    const Tensor dy_RN = gradients[0].reshape({-1, projection.whole_NK.size(0)});
    gradients.clear();
    const auto& parts = projection.parts;
    if (std::any_of(parts.begin(), parts.end(),
                    [](const Tensor& t) { return t.requires_grad(); })) {
      accumulate_gradients(projection, dy_RN, x_RK);
      for (const Tensor& part : parts) {
        if (part.requires_grad()) GradientListener::notify(part);
      }
    }
    if (task_should_compute_output(0))
      results[0] = matmul_weights_backward(dy_RN, projection).view(input_shape);
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
    projection.whole_NK = weights[0]->detach();
    return projection;
  }
  if (!are_neighbours(projection.parts)) {
    const at::NoGradGuard no_grad;
    const Tensor whole = at::cat(projection.parts, 0);
    int64_t row = 0;
    for (size_t i = 0; i < weights.size(); ++i) {
      *weights[i] = whole.narrow(0, row, weights[i]->size(0)).detach();
      projection.parts[i] = *weights[i];
      row += weights[i]->size(0);
    }
  }
  projection.whole_NK = joined_view(projection.parts);
  return projection;
}

void set_prepacking(Projection& projection, Prepacking prepacking) {
  const Tensor& whole = projection.whole_NK;
  projection.prepacked = projection.prepacked_backward = {};
  // Of a frozen model too, whose passes have many rows: what a row gives does not depend then on
  // how many there are, and cells of a group learn as they do alone.
  if (prepacking == Prepacking::none || !whole.defined() || !is_plain_float(whole) ||
      !prepacked_gemm_is_faster())
    return;
  const float* data = whole.const_data_ptr<float>();
  const int64_t outputs = whole.size(0), inputs = whole.size(1);
  projection.prepacked = PrepackedMatrix({data, 1, inputs}, inputs, outputs);
  if (prepacking == Prepacking::both_ways)
    projection.prepacked_backward = PrepackedMatrix({data, inputs, 1}, outputs, inputs);
}

void set_precision(Projection& projection, Precision precision) {
  const Tensor& whole = projection.whole_NK;
  projection.quantized = {};
  projection.rounded_NK = Tensor();
  if (!whole.defined()) return;
  if (precision == Precision::int8) {
    DOVETAIL_CHECK(is_plain_float(whole));
    projection.quantized =
        QuantizedMatrix(whole.const_data_ptr<float>(), whole.size(0), whole.size(1));
  } else if (precision == Precision::bfloat16) {
    projection.rounded_NK = whole.to(at::kBFloat16);
  }
}

namespace {

Tensor matmul_either(const Tensor& a, const PrepackedMatrix& prepacked, const Tensor& b,
                     double scale) {
  if (prepacked.depth() > 0 && is_plain_float(a)) return matmul_prepacked(a, prepacked, scale);
  return scaled_matmul(a, b, scale);
}

}  // namespace

Tensor matmul_weights(const Tensor& x_RK, const Projection& projection, double scale) {
  if (projection.quantized.depth() > 0) return matmul_quantized(x_RK, projection.quantized, scale);
  if (projection.rounded_NK.defined()) return matmul_rounded(x_RK, projection.rounded_NK, scale);
  return matmul_either(x_RK, projection.prepacked, projection.whole_NK.t(), scale);
}

Tensor matmul_weights_backward(const Tensor& dy_RN, const Projection& projection, double scale) {
  return matmul_either(dy_RN, projection.prepacked_backward, projection.whole_NK, scale);
}

namespace {

Tensor product(const Tensor& x, const Projection& projection) {
  const auto node = node_for(x, projection);
  std::vector<int64_t> shape = x.sizes().vec();
  Tensor y;
  {
    const BelowAutograd below;
    const Tensor x_RK = x.reshape({-1, x.size(-1)});
    if (node) {
      DOVETAIL_CHECK(projection.quantized.depth() == 0 && !projection.rounded_NK.defined());
      node->x_RK = x_RK.detach();
      node->projection = projection;
      node->input_shape = shape;
    }
    shape.back() = projection.whole_NK.size(0);
    y = matmul_weights(x_RK, projection).view(shape);
  }
  attach(y, node);
  return y;
}

bool scales_input(const Projection& projection) {
  return !projection.additions.empty() && projection.additions.front().input_K.defined();
}

Tensor scaled_input(const Tensor& x, const Projection& projection) {
  return scales_input(projection) ? x * projection.additions.front().input_K : x;
}

}  // namespace

Tensor linear(const Tensor& x, const Projection& projection, uint64_t dropout_seed) {
  if (projection.additions.empty()) return product(x, projection);
  const Tensor scaled = scaled_input(x, projection);
  return add_to_product(product(scaled, projection), scaled, projection, dropout_seed);
}

Tensor linear(const Tensor& x_RK, std::span<const LinearPart> parts) {
  if (parts.size() == 1) return linear(x_RK, *parts[0].projection, parts[0].dropout_seed);
  std::vector<int64_t> rows;
  bool any_addition = false, any_input = false;
  for (const LinearPart& part : parts) {
    rows.push_back(part.rows);
    any_addition |= !part.projection->additions.empty();
    any_input |= scales_input(*part.projection);
  }
  if (!any_addition) return product(x_RK, *parts[0].projection);
  std::vector<Tensor> inputs = split_rows(x_RK, rows);
  for (size_t i = 0; i < parts.size(); ++i)
    inputs[i] = scaled_input(inputs[i], *parts[i].projection);
  const Tensor y_RN = product(any_input ? join_rows(inputs) : x_RK, *parts[0].projection);
  std::vector<Tensor> outputs = split_rows(y_RN, rows);
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].projection->additions.empty()) continue;
    outputs[i] = add_to_product(outputs[i], inputs[i], *parts[i].projection, parts[i].dropout_seed);
  }
  return join_rows(outputs);
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
