// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace dovetail {

// The ids of a vocabulary that stand for no text. The defaults are T5's.
struct SpecialIds {
  int32_t pad = 0;
  int32_t eos = 1;
  int32_t unk = 2;  // -1: nothing is unknown to the vocabulary
  std::optional<int32_t> bos;
};

}  // namespace dovetail
