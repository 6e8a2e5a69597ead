// SPDX-License-Identifier: Apache-2.0
#include "tuning/merge.h"

#include <ATen/ops/mm.h>
#include <c10/core/GradMode.h>

#include "base/error.h"

namespace dovetail {

namespace {

using at::Tensor;

[[noreturn]] void refuse_merge(const char* what) {
  throw_<ConfigError>(
      "expected an adapter that acts on the weights (lora, dora, vera, ia3, norms), found {}, "
      "which no "
      "weight of a T5 can hold; use the adapter beside its base",
      what);
}

// y = factor * (W x + scaling * outer * (B (inner * (A x)))) with x = input * what comes in, as one
// matrix.
Tensor merged(const WeightAddition& addition, const Tensor& weight_NK) {
  if (addition.bias_N.defined()) refuse_merge("biases");
  Tensor sum_NK = weight_NK.clone();
  if (addition.a_rK.defined()) {
    Tensor b_Nr = addition.b_Nr;
    if (addition.inner_r.defined()) b_Nr = b_Nr * addition.inner_r;
    if (addition.outer_N.defined()) b_Nr = b_Nr * addition.outer_N.unsqueeze(1);
    sum_NK.add_(at::mm(b_Nr, addition.a_rK), addition.scaling);
  }
  if (addition.factor_N.defined()) sum_NK.mul_(addition.factor_N.unsqueeze(1));
  if (addition.magnitude_N.defined())
    sum_NK.mul_((addition.magnitude_N / sum_NK.norm(2, 1)).unsqueeze(1));
  if (addition.input_K.defined()) sum_NK.mul_(addition.input_K);
  return sum_NK;
}

void merge_projection(const Projection& projection) {
  for (size_t i = 0; i < projection.additions.size(); ++i)
    projection.parts[i].copy_(merged(projection.additions[i], projection.parts[i]));
}

void check_block(BlockAdditions additions) {
  additions.for_each_tensor([](const Tensor& tensor) {
    if (tensor.defined()) refuse_merge("prefixes or bottlenecks in the blocks");
  });
}

}  // namespace

void merge_into_weights(T5Model& model) {
  const at::NoGradGuard no_grad;
  for (const auto* blocks : {&model.encoder_additions(), &model.decoder_additions()})
    for (const BlockAdditions& additions : *blocks) check_block(additions);
  for (const auto* blocks : {&model.encoder_projections(), &model.decoder_projections()}) {
    for (const BlockProjections& block : *blocks) {
      for (const Projection* projection : {&block.self_qkv, &block.self_o, &block.cross_q,
                                           &block.cross_kv, &block.cross_o, &block.wi, &block.wo})
        merge_projection(*projection);
    }
  }
}

}  // namespace dovetail
