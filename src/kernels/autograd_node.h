// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/torch.h>

#include <memory>
#include <utility>

// Steps of the backward pass whose gradients are written by hand. A step is a struct derived from
// BackwardNode that holds what it saved; the forward function asks for one with backward_node(),
// fills it where it is not null, and attaches it to its output.
namespace dovetail {

struct BackwardNode : torch::autograd::Node {
  using variable_list = torch::autograd::variable_list;
};

// Null where nothing among the inputs needs a gradient.
template <typename NodeType, typename... Inputs>
std::shared_ptr<NodeType> backward_node(const Inputs&... inputs) {
  if (!torch::autograd::compute_requires_grad(inputs...)) return nullptr;
  std::shared_ptr<NodeType> node(new NodeType(), torch::autograd::deleteNode);
  node->set_next_edges(torch::autograd::collect_next_edges(inputs...));
  return node;
}

template <typename NodeType>
void attach(const torch::Tensor& output, const std::shared_ptr<NodeType>& node) {
  if (node != nullptr) torch::autograd::set_history(output, node);
}

// Inside a hand-written step, operations neither record nor look for gradients.
using BelowAutograd = at::AutoDispatchBelowADInplaceOrView;

// True where the kernels' own loops apply; everything else goes through LibTorch's operations.
inline bool is_plain_float(const torch::Tensor& x) {
  return x.device().is_cpu() && x.scalar_type() == torch::kFloat32;
}

}  // namespace dovetail
