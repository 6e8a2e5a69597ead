// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "model/generation/cached_decoder.h"
#include "model/t5.h"

namespace dovetail {

// Makes a decoder whose KV cache is a tensor of keys and one of values for each block of the
// decoder; select() copies their rows. It runs on any device and in any type, in LibTorch's
// operations. memory_BSD is the encoder's output, mask_BS its mask. The model must outlive the
// result. indexed_cache_decoder.h is the fast one for the CPU.
std::unique_ptr<CachedDecoder> make_dense_cache_decoder(const T5Model& model,
                                                        const at::Tensor& memory_BSD,
                                                        const at::Tensor& mask_BS,
                                                        int64_t beams_per_source);

}  // namespace dovetail
