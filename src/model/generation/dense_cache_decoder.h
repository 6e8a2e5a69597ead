// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "model/generation/cached_decoder.h"
#include "model/t5.h"

namespace dovetail {

// A KV cache of one tensor a block, which select() copies. It runs on any device and in any type,
// in LibTorch's operations. memory_BSD is the encoder's output, mask_BS its mask. The model must
// outlive the result.
std::unique_ptr<CachedDecoder> make_dense_cache_decoder(const T5Model& model,
                                                        const at::Tensor& memory_BSD,
                                                        const at::Tensor& mask_BS,
                                                        int64_t beams_per_source);

}  // namespace dovetail
