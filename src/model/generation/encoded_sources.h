// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

#include "model/t5.h"

// Shape suffixes: those of model/t5.h.
namespace dovetail {

// The sources of one model, of several that decode in one session: the encoder's output, and its
// mask (1 for tokens, 0 for padding). The model must outlive the session.
struct EncodedSources {
  const T5Model* model = nullptr;
  at::Tensor memory_BSD, mask_BS;
};

inline int64_t num_sources(std::span<const EncodedSources> parts) {
  int64_t count = 0;
  for (const EncodedSources& part : parts) count += part.memory_BSD.size(0);
  return count;
}

// Whether models like this one that may share a pass (may_share) also decode in one session: T5 in
// float32 or int8 on the CPU.
bool decodes_in_groups(const T5Model& model);

}  // namespace dovetail
