// SPDX-License-Identifier: Apache-2.0
#define PCRE2_CODE_UNIT_WIDTH 8
#include "text/text_pattern.h"

#include <pcre2.h>

#include "base/error.h"

namespace dovetail {

struct TextPattern::Code {
  explicit Code(pcre2_code* compiled) : pointer(compiled) {}
  Code(const Code&) = delete;
  ~Code() { pcre2_code_free(pointer); }
  pcre2_code* pointer;
};

TextPattern TextPattern::text(std::string text) {
  TextPattern pattern;
  pattern.text_ = std::move(text);
  return pattern;
}

TextPattern TextPattern::regular_expression(const std::string& expression,
                                            const std::string& where) {
  int error = 0;
  size_t offset = 0;
  pcre2_code* compiled =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()), expression.size(),
                    PCRE2_UTF | PCRE2_UCP, &error, &offset, nullptr);
  if (compiled == nullptr) {
    PCRE2_UCHAR message[256] = {};
    pcre2_get_error_message(error, message, sizeof message);
    throw_<DataError>("{}: expected a regular expression, found \"{}\" ({} at byte {})", where,
                      expression, reinterpret_cast<const char*>(message), offset);
  }
  pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);  // where it fails, matching is only slower
  TextPattern pattern;
  pattern.code_ = std::make_shared<Code>(compiled);
  return pattern;
}

std::vector<std::pair<size_t, size_t>> TextPattern::matches(std::string_view text) const {
  std::vector<std::pair<size_t, size_t>> found;
  if (code_ == nullptr) {
    if (text_.empty()) return found;
    for (size_t at = text.find(text_); at != text.npos; at = text.find(text_, at + text_.size())) {
      found.emplace_back(at, at + text_.size());
    }
    return found;
  }
  pcre2_match_data* data = pcre2_match_data_create_from_pattern(code_->pointer, nullptr);
  for (size_t at = 0; at <= text.size();) {
    const int count = pcre2_match(code_->pointer, reinterpret_cast<PCRE2_SPTR>(text.data()),
                                  text.size(), at, PCRE2_NO_UTF_CHECK, data, nullptr);
    if (count < 0) break;
    const size_t* ends = pcre2_get_ovector_pointer(data);
    if (ends[1] > ends[0]) found.emplace_back(ends[0], ends[1]);
    at = ends[1] > ends[0] ? ends[1] : ends[1] + 1;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  pcre2_match_data_free(data);
  return found;
}

}  // namespace dovetail
