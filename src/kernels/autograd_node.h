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

// Hand-written steps of the backward pass. A step is a struct derived from BackwardNode that holds
// the saved tensors. The forward function asks for one with backward_node(), fills it unless it is
// null, and attaches it to its output.
//
// A step is owned by a node of LibTorch's graph instead of being one: the header that defines those
// nodes takes longer to compile than any kernel that would include it.
namespace dovetail {

struct BackwardNode {
  using variable_list = std::vector<at::Tensor>;

  virtual ~BackwardNode() = default;
  // Maps gradients of the outputs, in the order in which they were attached, to gradients of the
  // inputs. Undefined: no gradient.
  virtual variable_list apply(variable_list&& gradients) = 0;
  // Frees the saved tensors, once no further backward pass will come.
  virtual void release_variables() {}
  // Whether the gradient of that input is needed.
  bool task_should_compute_output(size_t input) const;

  torch::autograd::Node* graph_node = nullptr;  // the owner
};

bool any_requires_gradient(const std::vector<at::Tensor>& inputs);
// Moves the step into a new node of the graph, whose edges lead to `inputs`.
std::shared_ptr<torch::autograd::Node> own(std::unique_ptr<BackwardNode> step,
                                           const std::vector<at::Tensor>& inputs);
void attach_to_graph(const at::Tensor& output, torch::autograd::Node& graph_node);

// Returns null if no input needs a gradient.
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

// Runs a separate backward pass from `outputs` with these gradients into the leaves' grad().
void run_backward(const std::vector<at::Tensor>& outputs,
                  const std::vector<at::Tensor>& output_gradients);

// Turns recording off inside a hand-written step.
using BelowAutograd = at::AutoDispatchBelowADInplaceOrView;

// Whether the kernels' CPU loops apply. LibTorch's operations serve the rest.
inline bool is_plain_float(const at::Tensor& x) {
  return x.device().is_cpu() && x.scalar_type() == at::kFloat;
}

// What sums and statistics are taken in: float64 for itself, float32 for the others.
inline at::ScalarType wide_type(const at::Tensor& x) {
  return x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
}

// The numbers of an optional tensor, for the CPU loops: null if it is undefined.
inline const float* floats_or_null(const at::Tensor& x) {
  return x.defined() ? x.const_data_ptr<float>() : nullptr;
}

}  // namespace dovetail
