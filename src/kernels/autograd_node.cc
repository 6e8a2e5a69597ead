// SPDX-License-Identifier: Apache-2.0
#include "kernels/autograd_node.h"

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>

#include <utility>

namespace dovetail {

namespace {

struct GraphNode final : torch::autograd::Node {
  std::unique_ptr<BackwardNode> step;

  torch::autograd::variable_list apply(torch::autograd::variable_list&& gradients) override {
    return step->apply(std::move(gradients));
  }
  void release_variables() override { step->release_variables(); }
};

}  // namespace

bool BackwardNode::task_should_compute_output(size_t input) const {
  return graph_node->task_should_compute_output(input);
}

bool any_requires_gradient(const std::vector<at::Tensor>& inputs) {
  return torch::autograd::compute_requires_grad(at::TensorList(inputs));
}

std::shared_ptr<torch::autograd::Node> own(std::unique_ptr<BackwardNode> step,
                                           const std::vector<at::Tensor>& inputs) {
  std::shared_ptr<GraphNode> node(new GraphNode(), torch::autograd::deleteNode);
  node->set_next_edges(torch::autograd::collect_next_edges(at::TensorList(inputs)));
  step->graph_node = node.get();
  node->step = std::move(step);
  return node;
}

void attach_to_graph(const at::Tensor& output, torch::autograd::Node& graph_node) {
  torch::autograd::set_history(output, graph_node.getptr());
}

void run_backward(const std::vector<at::Tensor>& outputs,
                  const std::vector<at::Tensor>& output_gradients) {
  torch::autograd::backward(outputs, output_gradients);
}

}  // namespace dovetail
