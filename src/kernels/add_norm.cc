// SPDX-License-Identifier: Apache-2.0
#include "kernels/add_norm.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/zeros.h>

#include "kernels/add_norm_rows.h"
#include "kernels/autograd_node.h"
#include "kernels/dropout.h"

namespace dovetail {

using at::Tensor;

namespace {

constexpr int64_t kGrainNumbers = 16384;  // fewer are not worth another thread

int64_t grain_rows(int64_t width) { return std::max<int64_t>(1, kGrainNumbers / width); }

const float* data_or_null(const Tensor& x) {
  return x.defined() ? x.const_data_ptr<float>() : nullptr;
}

struct AddNormBackwardNode final : BackwardNode {
  Tensor hidden, weight, scale;
  bool has_x = false;
  Dropout settings;

  // Rows are summed into one weight gradient a thread, added up in the threads' order.
  Tensor weight_gradient(AddNormBackward& work, int64_t rows) {
    const int64_t threads = std::min<int64_t>(at::get_num_threads(), rows);
    const int64_t stretch = (rows + threads - 1) / threads;
    Tensor partial = at::zeros({threads, work.width}, weight.options());
    at::parallel_for(0, threads, 1, [&](int64_t begin, int64_t end) {
      for (int64_t thread = begin; thread < end; ++thread) {
        AddNormBackward mine = work;
        mine.dweight = partial.data_ptr<float>() + thread * work.width;
        add_norm_backward(mine, thread * stretch, std::min(rows, (thread + 1) * stretch));
      }
    });
    return threads == 1 ? partial[0] : partial.sum(0);
  }

  variable_list apply(variable_list&& gradients) override {
    const BelowAutograd below;
    const Tensor dhidden = gradients[0].defined() ? gradients[0].contiguous() : Tensor();
    if (!gradients[1].defined())
      return {dhidden, has_x ? dropout(dhidden, settings) : Tensor(), Tensor()};
    const Tensor dnormed = gradients[1].contiguous();
    const int64_t width = hidden.size(-1), rows = hidden.numel() / width;
    const bool own_dx = has_x && settings.on();
    const Tensor dresidual = at::empty_like(hidden);
    const Tensor dx = own_dx ? at::empty_like(hidden) : has_x ? dresidual : Tensor();
    AddNormBackward work{data_or_null(dhidden),
                         dnormed.const_data_ptr<float>(),
                         hidden.const_data_ptr<float>(),
                         weight.const_data_ptr<float>(),
                         scale.const_data_ptr<float>(),
                         dresidual.data_ptr<float>(),
                         own_dx ? dx.data_ptr<float>() : nullptr,
                         nullptr,
                         width,
                         DropoutBits(settings)};
    if (task_should_compute_output(2)) return {dresidual, dx, weight_gradient(work, rows)};
    at::parallel_for(0, rows, grain_rows(width),
                     [&](int64_t begin, int64_t end) { add_norm_backward(work, begin, end); });
    return {dresidual, dx, Tensor()};
  }

  void release_variables() override { hidden = weight = scale = Tensor(); }
};

AddNormOutput add_norm_float(const Tensor& residual, const Tensor& x, const Tensor& weight,
                             double epsilon, const Dropout& settings) {
  const auto node = backward_node<AddNormBackwardNode>({residual, x, weight});
  AddNormOutput output;
  Tensor scale;
  {
    const BelowAutograd below;
    const Tensor base = residual.contiguous(), added = x.defined() ? x.contiguous() : Tensor();
    const int64_t width = base.size(-1), rows = base.numel() / width;
    output.hidden = x.defined() ? at::empty_like(base) : base.alias();
    output.normed = at::empty_like(base);
    scale = at::empty({rows}, base.options());
    const AddNormForward work{base.const_data_ptr<float>(),
                              data_or_null(added),
                              weight.const_data_ptr<float>(),
                              output.hidden.data_ptr<float>(),
                              output.normed.data_ptr<float>(),
                              scale.data_ptr<float>(),
                              width,
                              static_cast<float>(epsilon),
                              DropoutBits(settings)};
    at::parallel_for(0, rows, grain_rows(width),
                     [&](int64_t begin, int64_t end) { add_norm_forward(work, begin, end); });
  }
  if (node) {
    node->hidden = output.hidden.detach();
    node->weight = weight.detach();
    node->scale = scale;
    node->has_x = x.defined();
    node->settings = settings;
  }
  attach(output.hidden, node);
  attach(output.normed, node);
  return output;
}

}  // namespace

Tensor rms_norm_reference(const Tensor& x, const Tensor& weight_D, double epsilon) {
  const Tensor wide = x.to(at::kFloat);  // statistics are never taken in half precision
  const Tensor scaled = wide * at::rsqrt(wide.pow(2).mean(-1, /*keepdim=*/true) + epsilon);
  return scaled.to(x.scalar_type()) * weight_D;
}

AddNormOutput add_norm(const Tensor& residual, const Tensor& x, const Tensor& weight_D,
                       double epsilon, const Dropout& settings) {
  if (is_plain_float(residual) && is_plain_float(weight_D) && residual.numel() > 0) {
    return add_norm_float(residual, x, weight_D, epsilon, settings);
  }
  const Tensor hidden = x.defined() ? residual + dropout(x, settings) : residual;
  return {hidden, rms_norm_reference(hidden, weight_D, epsilon)};
}

Tensor rms_norm(const Tensor& x, const Tensor& weight_D, double epsilon) {
  if (is_plain_float(x) && is_plain_float(weight_D) && x.numel() > 0) {
    return add_norm_float(x, Tensor(), weight_D, epsilon, {}).normed;
  }
  return rms_norm_reference(x, weight_D, epsilon);
}

}  // namespace dovetail
