// SPDX-License-Identifier: Apache-2.0
#include <ATen/Context.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randint.h>

#include "model/checkpointing.h"

#include <gtest/gtest.h>

#include "model/t5.h"

namespace dovetail {
namespace {

using at::Tensor;

T5Config small_config() {
  T5Config config;
  config.vocab_size = 50;
  config.d_model = 24;
  config.d_kv = 6;
  config.num_heads = 4;
  config.d_ff = 40;
  config.num_layers = 3;
  config.num_decoder_layers = 2;
  config.feed_forward_proj = "gated-gelu";
  return config;
}

NamedTensors gradients(bool checkpointing, bool frozen_embedding) {
  T5Model model(small_config(), random_weights(small_config(), 5));
  NamedTensors named = named_tensors(model.config(), model.weights());
  for (auto& [name, tensor] : named)
    tensor.requires_grad_(!(frozen_embedding && name == "shared.weight"));
  const ForwardOptions options{
      .dropout = 0.2, .dropout_seed = 17, .activation_checkpointing = checkpointing};
  at::manual_seed(61);
  const Tensor source = at::randint(3, 50, {3, 11}, at::kLong), mask = at::ones({3, 11});
  const Tensor target = at::randint(3, 50, {3, 7}, at::kLong);
  const Tensor memory = model.encode(model.embed(source), mask, options);
  model.loss(model.decode(target, memory, mask, options), target, {}).backward();
  NamedTensors result;
  for (auto& [name, tensor] : named) {
    if (tensor.grad().defined()) result.emplace_back(name, tensor.grad());
  }
  return result;
}

// The same numbers, dropout included, whatever is kept.
TEST(ActivationCheckpointing, GivesTheSameGradients) {
  for (bool frozen_embedding : {false, true}) {
    const NamedTensors kept = gradients(false, frozen_embedding),
                       recomputed = gradients(true, frozen_embedding);
    ASSERT_EQ(kept.size(), recomputed.size());
    for (size_t i = 0; i < kept.size(); ++i) {
      EXPECT_EQ(kept[i].first, recomputed[i].first);
      EXPECT_TRUE(at::allclose(kept[i].second, recomputed[i].second, 1e-5, 1e-6)) << kept[i].first;
    }
  }
}

}  // namespace
}  // namespace dovetail
