// SPDX-License-Identifier: Apache-2.0
#include "tuning/merge.h"

#include <ATen/Context.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tuning/tiny_model.h"
#include "tuning/tuning_method.h"

namespace dovetail {
namespace {

using at::Tensor;

// Of a T5 that has the weights alone.
Tensor plain_logits(const T5Model& model) {
  const Tensor ids = at::arange(3, 11).view({2, 4}), mask = at::ones({2, 4});
  const Tensor memory = model.encode(model.embed(ids), mask);
  return model.logits(model.decode(at::arange(0, 6).view({2, 3}), memory, mask));
}

std::unique_ptr<TuningMethod> trained_method(const std::string& tuning,
                                             const nlohmann::json& parameters, T5Model& model) {
  auto method = find_tuning(tuning).make(model, parameters, 5);
  at::manual_seed(17);
  for (auto& [name, tensor] : method->trainable()) tensor.add_(at::randn(tensor.sizes()), 0.2);
  return method;
}

TEST(Merge, ACheckpointComputesWhatTheAdapterDoes) {
  const at::NoGradGuard no_grad;
  const std::vector<std::pair<std::string, nlohmann::json>> cases = {
      {"lora", {{"use_rslora", true}, {"target_modules", {"q", "k", "o", "wi"}}}},
      {"lora", {{"init_lora_weights", "pissa"}}},
      {"dora", {}},
      {"vera", {{"target_modules", {"v", "wo"}}}},
      {"ia3", {}},
      {"ia3", {{"target_modules", {"q", "wo"}}, {"feedforward_modules", {"wo"}}}}};
  for (const auto& [tuning, parameters] : cases) {
    T5Model model = tiny_model();
    const Tensor plain = plain_logits(model);
    const auto method = trained_method(tuning, parameters, model);
    const Tensor expected = plain_logits(model);

    merge_into_weights(model);

    const T5Model whole(tiny_config(), clone_weights(tiny_config(), model.weights(), at::kCPU));
    EXPECT_LT((plain_logits(whole) - expected).abs().max().item<double>(),
              1e-5 * expected.abs().max().item<double>())
        << tuning << parameters;
    EXPECT_GT((plain - expected).abs().max().item<double>(), 1e-3) << tuning << parameters;
  }
}

TEST(Merge, WhatNoWeightCanHoldIsRefused) {
  const at::NoGradGuard no_grad;
  for (const char* tuning : {"bitfit", "prefix", "adapter"}) {
    T5Model model = tiny_model();
    const auto method = trained_method(tuning, nlohmann::json::object(), model);
    EXPECT_THROW(merge_into_weights(model), ConfigError) << tuning;
  }
}

}  // namespace
}  // namespace dovetail
