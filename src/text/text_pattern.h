// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dovetail {

// What a Replace or Split of a tokenizer.json looks for: a text, or a regular expression in the
// syntax of Oniguruma as far as PCRE2 reads it alike (Unicode classes, no bytes).
class TextPattern {
 public:
  static TextPattern text(std::string text);
  // Throws DataError, which begins with `where`, for what is no regular expression.
  static TextPattern regular_expression(const std::string& expression, const std::string& where);

  // Begin and end of each match that is not empty, from left to right. `text` must be UTF-8.
  std::vector<std::pair<size_t, size_t>> matches(std::string_view text) const;

 private:
  struct Code;
  std::string text_;
  std::shared_ptr<const Code> code_;  // null: look for text_
};

}  // namespace dovetail
