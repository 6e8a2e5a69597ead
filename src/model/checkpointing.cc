// SPDX-License-Identifier: Apache-2.0
#include "model/checkpointing.h"

#include <c10/core/GradMode.h>

#include "kernels/autograd_node.h"

namespace dovetail {

using at::Tensor;

namespace {

struct RecomputingNode final : BackwardNode {
  Recomputed run;
  std::vector<Tensor> inputs;  // detached
  std::vector<bool> wanted;

  variable_list apply(variable_list&& gradients) override {
    const at::AutoGradMode recording(true);
    std::vector<Tensor> leaves;
    for (size_t i = 0; i < inputs.size(); ++i) {
      leaves.push_back(inputs[i].defined() ? inputs[i].detach() : Tensor());
      if (wanted[i]) leaves[i].requires_grad_(true);
    }
    variable_list outputs, output_gradients;
    const std::vector<Tensor> results = run(leaves);
    for (size_t i = 0; i < results.size(); ++i) {
      if (!gradients[i].defined() || !results[i].requires_grad()) continue;
      outputs.push_back(results[i]);
      output_gradients.push_back(gradients[i]);
    }
    run_backward(outputs, output_gradients);
    variable_list input_gradients;
    for (size_t i = 0; i < leaves.size(); ++i) {
      input_gradients.push_back(wanted[i] ? leaves[i].grad() : Tensor());
    }
    input_gradients.emplace_back();  // run_backward added the parameter's to its grad()
    return input_gradients;
  }

  void release_variables() override { inputs.clear(); }
};

}  // namespace

std::vector<Tensor> run_checkpointed(const Recomputed& run, const std::vector<Tensor>& inputs,
                                     const Tensor& parameter) {
  std::vector<Tensor> all = inputs;
  all.push_back(parameter);
  const auto node = backward_node<RecomputingNode>(all);
  std::vector<Tensor> outputs;
  {
    const at::NoGradGuard no_grad;
    outputs = run(inputs);
  }
  if (!node) return outputs;
  node->run = run;
  for (const Tensor& input : inputs) {
    node->inputs.push_back(input.defined() ? input.detach() : input);
    node->wanted.push_back(input.defined() && input.requires_grad());
  }
  for (Tensor& output : outputs) attach(output, node);
  return outputs;
}

}  // namespace dovetail
