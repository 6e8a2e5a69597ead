// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "text/text_encoder.h"

namespace dovetail {

// ByT5's ids (Xue et al. 2022): byte b has id b + 3, after pad, </s> and <unk>.
class ByteEncoder final : public TextEncoder {
 public:
  static constexpr int32_t kOffset = 3;
  static constexpr int32_t kNumPieces = kOffset + 256;

  void encode(std::string_view text, bool /*opens_text*/, bool /*with_controls*/,
              std::vector<int32_t>& ids) const override {
    for (const char byte : text) ids.push_back(static_cast<uint8_t>(byte) + kOffset);
  }
  std::string text_of(int32_t id) const override {
    return std::string(1, static_cast<char>(id - kOffset));
  }
  bool adds_space() const override { return false; }
};

}  // namespace dovetail
