// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// How a vocabulary turns a text without added tokens into ids, and its ids into text.
class TextEncoder {
 public:
  virtual ~TextEncoder() = default;
  // Appends the ids of a text. `opens_text`: whether it begins where the whole text begins.
  // `with_controls`: whether pieces such as </s> may come out where the text spells them.
  virtual void encode(std::string_view text, bool opens_text, bool with_controls,
                      std::vector<int32_t>& ids) const = 0;
  // The text that a piece stands for; that of a byte may be part of a character.
  virtual std::string text_of(int32_t id) const = 0;
  // Whether the encoder puts a space before a text, which decoding takes away.
  virtual bool adds_space() const { return true; }
};

}  // namespace dovetail
