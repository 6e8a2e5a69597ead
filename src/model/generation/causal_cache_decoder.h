// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "model/generation/cached_decoder.h"
#include "model/t5.h"

namespace dovetail {

// Makes the decoder of a causal network: its KV cache begins with the embedded sources
// (memory_BSD; mask_BS: 1 for tokens), which it reads when it is made. The cache is a tensor of
// keys and one of values for each block, with one entry for each group of heads; select() copies
// their rows. It runs on any device and in any type, in LibTorch's operations. The model must
// outlive the result.
std::unique_ptr<CachedDecoder> make_causal_cache_decoder(const T5Model& model,
                                                         const at::Tensor& memory_BSD,
                                                         const at::Tensor& mask_BS,
                                                         int64_t beams_per_source);

}  // namespace dovetail
