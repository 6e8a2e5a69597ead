// SPDX-License-Identifier: Apache-2.0
#include "kernels/add_norm.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/zeros.h>

#include "kernels/add_norm_cpu.h"
#include "kernels/autograd_node.h"
#include "kernels/dropout.h"

namespace dovetail {

using at::Tensor;

namespace {

constexpr int64_t kGrainNumbers = 16384;  // the least that is worth another thread

int64_t grain_rows(int64_t width) { return std::max<int64_t>(1, kGrainNumbers / width); }

struct AddNormBackwardNode final : BackwardNode {
  Tensor hidden_RD, weight_D, scale_R;
  bool has_x = false;
  Dropout settings;

  // Sums rows into one weight gradient a thread, and adds these up in the threads' order.
  Tensor weight_gradient(const AddNormBackward& work, int64_t rows) const {
    const int64_t threads = std::min<int64_t>(at::get_num_threads(), rows);
    const int64_t stretch = (rows + threads - 1) / threads;
    Tensor partial = at::zeros({threads, work.width}, weight_D.options());
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
    const int64_t width = hidden_RD.size(-1), rows = hidden_RD.numel() / width;
    const bool own_dx = has_x && settings.on();
    const Tensor dresidual = at::empty_like(hidden_RD);
    const Tensor dx = own_dx ? at::empty_like(hidden_RD) : has_x ? dresidual : Tensor();
    const AddNormBackward work{.dhidden = floats_or_null(dhidden),
                               .dnormed = dnormed.const_data_ptr<float>(),
                               .hidden = hidden_RD.const_data_ptr<float>(),
                               .weight = weight_D.const_data_ptr<float>(),
                               .scale = scale_R.const_data_ptr<float>(),
                               .dresidual = dresidual.data_ptr<float>(),
                               .dx = own_dx ? dx.data_ptr<float>() : nullptr,
                               .width = width,
                               .dropout = DropoutBits(settings)};
    if (task_should_compute_output(2)) return {dresidual, dx, weight_gradient(work, rows)};
    at::parallel_for(0, rows, grain_rows(width),
                     [&](int64_t begin, int64_t end) { add_norm_backward(work, begin, end); });
    return {dresidual, dx, Tensor()};
  }

  void release_variables() override { hidden_RD = weight_D = scale_R = Tensor(); }
};

AddNormOutput add_norm_float(const Tensor& residual_RD, const Tensor& x_RD, const Tensor& weight_D,
                             double epsilon, const Dropout& settings) {
  const auto node = backward_node<AddNormBackwardNode>({residual_RD, x_RD, weight_D});
  AddNormOutput output;
  Tensor scale_R;
  {
    const BelowAutograd below;
    const Tensor base = residual_RD.contiguous();
    const Tensor added = x_RD.defined() ? x_RD.contiguous() : Tensor();
    const int64_t width = base.size(-1), rows = base.numel() / width;
    output.hidden_RD = x_RD.defined() ? at::empty_like(base) : base.alias();
    output.normed_RD = at::empty_like(base);
    scale_R = at::empty({rows}, base.options());
    const AddNormForward work{.residual = base.const_data_ptr<float>(),
                              .x = floats_or_null(added),
                              .weight = weight_D.const_data_ptr<float>(),
                              .hidden = output.hidden_RD.data_ptr<float>(),
                              .normed = output.normed_RD.data_ptr<float>(),
                              .scale = scale_R.data_ptr<float>(),
                              .width = width,
                              .epsilon = static_cast<float>(epsilon),
                              .dropout = DropoutBits(settings)};
    at::parallel_for(0, rows, grain_rows(width),
                     [&](int64_t begin, int64_t end) { add_norm_forward(work, begin, end); });
  }
  if (node) {
    node->hidden_RD = output.hidden_RD.detach();
    node->weight_D = weight_D.detach();
    node->scale_R = scale_R;
    node->has_x = x_RD.defined();
    node->settings = settings;
  }
  attach(output.hidden_RD, node);
  attach(output.normed_RD, node);
  return output;
}

}  // namespace

Tensor rms_norm_reference(const Tensor& x_RD, const Tensor& weight_D, double epsilon) {
  const Tensor wide = x_RD.to(wide_type(x_RD));  // statistics are never taken in half precision
  const Tensor scaled = wide * at::rsqrt(wide.pow(2).mean(-1, /*keepdim=*/true) + epsilon);
  return scaled.to(x_RD.scalar_type()) * weight_D;
}

AddNormOutput add_norm(const Tensor& residual_RD, const Tensor& x_RD, const Tensor& weight_D,
                       double epsilon, const Dropout& settings) {
  if (is_plain_float(residual_RD) && is_plain_float(weight_D) && residual_RD.numel() > 0) {
    return add_norm_float(residual_RD, x_RD, weight_D, epsilon, settings);
  }
  const Tensor hidden_RD = x_RD.defined() ? residual_RD + dropout(x_RD, settings) : residual_RD;
  return {hidden_RD, rms_norm_reference(hidden_RD, weight_D, epsilon)};
}

Tensor rms_norm(const Tensor& x_RD, const Tensor& weight_D, double epsilon) {
  if (is_plain_float(x_RD) && is_plain_float(weight_D) && x_RD.numel() > 0) {
    return add_norm_float(x_RD, Tensor(), weight_D, epsilon, {}).normed_RD;
  }
  return rms_norm_reference(x_RD, weight_D, epsilon);
}

}  // namespace dovetail
