// SPDX-License-Identifier: Apache-2.0
#include "kernels/rms_norm.h"

#include "kernels/rms_norm_rows.h"

namespace dovetail {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

struct RmsNorm : torch::autograd::Function<RmsNorm> {
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& weight,
                        double epsilon) {
    const Tensor x = input.contiguous();
    const int64_t width = x.size(-1), rows = x.numel() / width;
    Tensor y = torch::empty_like(x);
    Tensor scale = torch::empty({rows}, x.options());
    rms_norm_forward(x.const_data_ptr<float>(), weight.const_data_ptr<float>(),
                 y.data_ptr<float>(), scale.data_ptr<float>(), rows, width,
                 static_cast<float>(epsilon));
    context->save_for_backward({x, weight, scale});
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &scale = saved[2];
    const Tensor dy = gradients[0].contiguous();
    const int64_t width = x.size(-1);
    Tensor dx = torch::empty_like(x);
    Tensor dweight = torch::zeros_like(weight);
    rms_norm_backward(dy.const_data_ptr<float>(), x.const_data_ptr<float>(),
                  weight.const_data_ptr<float>(), scale.const_data_ptr<float>(),
                  dx.data_ptr<float>(), dweight.data_ptr<float>(), x.numel() / width, width);
    return {dx, dweight, Tensor()};
  }
};

}  // namespace

Tensor rms_norm_reference(const Tensor& x, const Tensor& weight_D, double epsilon) {
  return x * torch::rsqrt(x.pow(2).mean(-1, /*keepdim=*/true) + epsilon) * weight_D;
}

Tensor rms_norm(const Tensor& x, const Tensor& weight_D, double epsilon) {
  const bool fast = x.device().is_cpu() && x.scalar_type() == torch::kFloat32 && x.numel() > 0 &&
                    weight_D.scalar_type() == torch::kFloat32 && weight_D.is_contiguous();
  return fast ? RmsNorm::apply(x, weight_D, epsilon) : rms_norm_reference(x, weight_D, epsilon);
}

}  // namespace dovetail
