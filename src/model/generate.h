// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "model/t5.h"

namespace dovetail {

// Greedy decoding with a key-value cache: for each row the ids up to and without </s>, at most
// max_new_tokens. Sequences that have ended leave the batch.
std::vector<std::vector<int32_t>> generate_greedy(const T5Model& model,
                                                  const torch::Tensor& memory_BSD,
                                                  const torch::Tensor& mask_BS,
                                                  int64_t max_new_tokens);

}  // namespace dovetail
