// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/Tensor.h>

#include <cstddef>
#include <memory>
#include <vector>

namespace torch::autograd {
struct Node;
}

// Steps of the backward pass whose gradients are written by hand. A step is a struct derived from
// BackwardNode that holds what it saved; the forward function asks for one with backward_node(),
// fills it where it is not null, and attaches it to its output.
//
// A step is not itself a node of LibTorch's graph but owned by one, because the header that defines
// those takes longer to compile than any kernel that would include it.
namespace dovetail {

struct BackwardNode {
  using variable_list = std::vector<at::Tensor>;

  virtual ~BackwardNode() = default;
  // Gradients of the outputs, in the order in which they were attached (undefined: none), to
  // gradients of the inputs.
  virtual variable_list apply(variable_list&& gradients) = 0;
  // Frees what was saved, once no further backward pass will come.
  virtual void release_variables() {}
  // Whether anybody asked for the gradient of that input.
  bool task_should_compute_output(size_t input) const;

  torch::autograd::Node* graph_node = nullptr;  // the owner
};

bool any_requires_gradient(const std::vector<at::Tensor>& inputs);
// Hands the step to a new node of the graph, whose edges lead to `inputs`.
std::shared_ptr<torch::autograd::Node> own(std::unique_ptr<BackwardNode> step,
                                           const std::vector<at::Tensor>& inputs);
void attach_to_graph(const at::Tensor& output, torch::autograd::Node& graph_node);

// Null where nothing among the inputs needs a gradient.
template <typename NodeType>
std::shared_ptr<NodeType> backward_node(const std::vector<at::Tensor>& inputs) {
  if (!any_requires_gradient(inputs)) return nullptr;
  auto step = std::make_unique<NodeType>();
  NodeType* const raw = step.get();
  return std::shared_ptr<NodeType>(own(std::move(step), inputs), raw);
}

inline void attach(const at::Tensor& output, const std::shared_ptr<BackwardNode>& node) {
  if (node != nullptr) attach_to_graph(output, *node->graph_node);
}

// A backward pass of its own, from `outputs` with these gradients, into the leaves' grad().
void run_backward(const std::vector<at::Tensor>& outputs,
                  const std::vector<at::Tensor>& output_gradients);

// Inside a hand-written step, operations neither record nor look for gradients.
using BelowAutograd = at::AutoDispatchBelowADInplaceOrView;

// True where the kernels' own loops apply; everything else goes through LibTorch's operations.
inline bool is_plain_float(const at::Tensor& x) {
  return x.device().is_cpu() && x.scalar_type() == at::kFloat;
}

}  // namespace dovetail
