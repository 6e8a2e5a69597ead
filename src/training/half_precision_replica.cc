// SPDX-License-Identifier: Apache-2.0
#include "training/half_precision_replica.h"

#include <c10/core/GradMode.h>

#include "base/error.h"

namespace dovetail {

using at::Tensor;

namespace {

T5Weights rounded(const T5Model& masters, at::ScalarType type) {
  T5Weights copy = masters.weights();  // handles, not data
  for_each_weight(masters.config(), copy, [&](const WeightSpec& spec, Tensor& tensor) {
    const bool bias = spec.name.ends_with("relative_attention_bias.weight");
    tensor = tensor.detach().to(bias ? at::kFloat : type, /*non_blocking=*/false, /*copy=*/true);
  });
  return copy;
}

std::vector<const Projection*> projections_of(const T5Model& model) {
  std::vector<const Projection*> all;
  for (const auto* stack : {&model.encoder_projections(), &model.decoder_projections()}) {
    for (const BlockProjections& p : *stack) {
      for (const Projection* projection :
           {&p.self_qkv, &p.self_o, &p.cross_q, &p.cross_kv, &p.cross_o, &p.wi, &p.wo}) {
        if (!projection->additions.empty()) all.push_back(projection);
      }
    }
  }
  return all;
}

}  // namespace

HalfPrecisionReplica::HalfPrecisionReplica(const T5Model& masters, at::ScalarType type)
    : model_(masters.config(), rounded(masters, type)) {
  const NamedTensors from = named_tensors(masters.config(), masters.weights());
  const NamedTensors to = named_tensors(model_.config(), model_.weights());
  for (size_t i = 0; i < from.size(); ++i) {
    if (!from[i].second.requires_grad()) continue;
    trained_.emplace_back(from[i].second, to[i].second);
    trained_.back().second.requires_grad_(true);
  }
  copy_additions(masters);
  copy_blocks(masters.encoder_additions(), model_.encoder_additions());
  copy_blocks(masters.decoder_additions(), model_.decoder_additions());
}

Tensor HalfPrecisionReplica::paired_copy(const Tensor& master, at::ScalarType type) {
  if (master.requires_grad() && !master.is_leaf()) {
    throw ConfigError(
        "precision: this tuning makes parts of the model anew in every step (a network before its "
        "prefix), which half precision cannot follow; set precision = \"float32\", or leave the "
        "network out");
  }
  const Tensor copy = master.detach().to(type, /*non_blocking=*/false, /*copy=*/true);
  if (master.requires_grad()) trained_.emplace_back(master, copy.requires_grad_(true));
  return copy;
}

void HalfPrecisionReplica::copy_additions(const T5Model& masters) {
  const auto type = model_.weights().shared_VD.scalar_type();
  const NamedTensors named = named_tensors(masters.config(), masters.weights());
  for (const Projection* projection : projections_of(masters)) {
    for (size_t i = 0; i < projection->parts.size(); ++i) {
      WeightAddition copy = projection->additions[i];
      copy.for_each_tensor([&](Tensor& tensor) {
        if (tensor.defined()) tensor = paired_copy(tensor, type);
      });
      for (const auto& [name, tensor] : named)
        if (tensor.is_same(projection->parts[i])) model_.set_addition(name, copy);
    }
  }
}

void HalfPrecisionReplica::copy_blocks(const std::vector<BlockAdditions>& from,
                                       std::vector<BlockAdditions>& to) {
  const auto type = model_.weights().shared_VD.scalar_type();
  to = from;
  for (BlockAdditions& additions : to) {
    additions.for_each_tensor([&](Tensor& tensor) {
      if (tensor.defined()) tensor = paired_copy(tensor, type);
    });
  }
}

void HalfPrecisionReplica::take_weights() {
  const at::NoGradGuard no_grad;
  for (auto& [master, copy] : trained_) copy.copy_(master);
}

void HalfPrecisionReplica::give_gradients() {
  const at::NoGradGuard no_grad;
  for (auto& [master, copy] : trained_) {
    Tensor& gradient = copy.mutable_grad();
    if (!gradient.defined()) continue;
    Tensor& sum = master.mutable_grad();
    sum = sum.defined() ? sum.add_(gradient) : gradient.to(master.scalar_type());
    gradient.reset();
  }
}

}  // namespace dovetail
