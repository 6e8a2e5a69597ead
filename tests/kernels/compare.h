// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/Context.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

// A hand-written operation beside its reference: outputs and every gradient.
namespace dovetail {

inline double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

using Operation = std::function<at::Tensor(const std::vector<at::Tensor>&)>;

// Both get their own copies of the inputs (undefined ones stay so); `tolerance` is relative to the
// largest number of the reference. Inputs come from a seed that is printed.
inline void expect_same(const Operation& fast, const Operation& reference,
                        const std::vector<at::Tensor>& inputs, double tolerance = 2e-5) {
  const auto run = [&](const Operation& operation, std::vector<at::Tensor>& leaves) {
    for (const at::Tensor& input : inputs) {
      leaves.push_back(input.defined() ? input.detach().clone().requires_grad_(true) : input);
    }
    const at::Tensor out = operation(leaves);
    at::manual_seed(3);
    out.backward(at::randn(out.sizes()));
    return out.detach();
  };
  std::vector<at::Tensor> ours, theirs;
  const at::Tensor a = run(fast, ours), b = run(reference, theirs);
  ASSERT_EQ(a.sizes(), b.sizes());
  EXPECT_LT(largest_difference(a, b), tolerance * std::max(1.0, b.abs().max().item<double>()));
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].defined()) continue;
    const double scale = std::max(1e-3, theirs[i].grad().abs().max().item<double>());
    EXPECT_LT(largest_difference(ours[i].grad(), theirs[i].grad()), tolerance * scale)
        << "input " << i;
  }
}

}  // namespace dovetail
