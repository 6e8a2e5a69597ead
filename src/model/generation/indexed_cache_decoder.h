// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>

#include "model/generation/cached_decoder.h"
#include "model/generation/encoded_sources.h"

namespace dovetail {

// A KV cache that never moves keys and values: select() changes only which rows a row reads. It is
// for float32 on the CPU. Arguments as for make_dense_cache_decoder.
std::unique_ptr<CachedDecoder> make_indexed_cache_decoder(std::span<const EncodedSources> parts,
                                                          int64_t beams_per_source);

}  // namespace dovetail
