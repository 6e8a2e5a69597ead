// SPDX-License-Identifier: Apache-2.0
#include "training/embedding_noise.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/empty.h>

#include "base/random.h"

namespace dovetail {

using at::Tensor;

namespace {

// Uniform in (-1, 1) times scale_B1, where the mask is not 0.
Tensor noise_of(const Tensor& mask_BX, const Tensor& scale_B1, int64_t d_model, uint64_t seed) {
  at::Generator generator = at::detail::createCPUGenerator(seed);
  const Tensor drawn_BXD =
      at::empty({mask_BX.size(0), mask_BX.size(1), d_model}).uniform_(-1, 1, generator);
  return drawn_BXD.to(mask_BX.device()) * (mask_BX * scale_B1).unsqueeze(2);
}

}  // namespace

EmbeddingNoise draw_embedding_noise(const Batch& batch, int64_t d_model, bool one_row, double alpha,
                                    uint64_t seed) {
  const Tensor source_BS = (batch.mask_BS > 0).to(at::kFloat),
               target_BT = (batch.labels_BT != kIgnored).to(at::kFloat);
  Tensor source_B1 = source_BS.sum(1, /*keepdim=*/true),
         target_B1 = target_BT.sum(1, /*keepdim=*/true);
  if (one_row) source_B1 = target_B1 = source_B1 + target_B1;
  const auto scale = [&](const Tensor& length_B1) {
    return alpha * (length_B1.clamp_min(1) * static_cast<double>(d_model)).rsqrt();
  };
  return {noise_of(source_BS, scale(source_B1), d_model, derive_seed(seed, "neftune/source")),
          noise_of(target_BT, scale(target_B1), d_model, derive_seed(seed, "neftune/target"))};
}

}  // namespace dovetail
