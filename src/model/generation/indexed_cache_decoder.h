// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "model/generation/cached_decoder.h"
#include "model/t5.h"

namespace dovetail {

// A KV cache that never moves keys and values: select() changes only which rows a row reads. It is
// for float32 on the CPU. Arguments as for make_dense_cache_decoder.
std::unique_ptr<CachedDecoder> make_indexed_cache_decoder(const T5Model& model,
                                                          const at::Tensor& memory_BSD,
                                                          const at::Tensor& mask_BS,
                                                          int64_t beams_per_source);

}  // namespace dovetail
