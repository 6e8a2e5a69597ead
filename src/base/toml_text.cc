// SPDX-License-Identifier: Apache-2.0
#include "base/toml_text.h"

#include <algorithm>

#include "base/error.h"

namespace dovetail {

namespace {

// The length of the string that the text begins with. One that never ends is none for the parser,
// which reads nothing behind it.
size_t string_length(std::string_view text) {
  const char quote = text[0];
  const bool has_lines = text.size() > 2 && text[1] == quote && text[2] == quote;
  const std::string_view end = text.substr(0, has_lines ? 3 : 1);
  for (size_t i = end.size(); i < text.size(); ++i) {
    if (text[i] == '\\' && quote == '"') {
      ++i;
    } else if (text[i] == '\n' && !has_lines) {
      return i;
    } else if (text.substr(i).starts_with(end)) {
      i += end.size();
      // up to two quotes before the end belong to the text
      for (int own = 0; has_lines && own < 2 && i < text.size() && text[i] == quote; ++own) ++i;
      return i;
    }
  }
  return text.size();
}

bool is_letter_of_bare_key(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
}

bool is_quote(char letter) { return letter == '"' || letter == '\''; }
bool is_blank(char letter) { return letter == ' ' || letter == '\t'; }

// Goes over a text from its start. Up to the first mistake, which the parser finds, it sees
// strings, comments, brackets and lines as the parser does.
class TomlScan {
 public:
  TomlScan(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  void run() {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (text_.starts_with(kByteOrderMark)) begin_ = at_ = kByteOrderMark.size();
    while (at_ < text_.size()) {
      if (is_quote(text_[at_])) {
        check_string();
        at_ += string_length(text_.substr(at_));
        line_begins_ = false;
      } else if (text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        check_letter(text_[at_]);
        ++at_;
      }
    }
  }

 private:
  void check_letter(char letter) {
    if (static_cast<unsigned char>(letter) >= 0x80)
      refuse("a letter outside ASCII; put quotes around the text or key that it is part of");
    constexpr int kMostDots = 31;
    if (letter == '.' && ++dots_ > kMostDots)
      refuse(fmt::format("a key of more than {} parts", kMostDots + 1));
    if (letter != '.' && !is_letter_of_bare_key(letter) && !is_blank(letter)) dots_ = 0;
    const bool is_header = letter == '[' && line_begins_ && open_.empty();
    if (is_header) check_header();
    if (letter == '[' || letter == '{')
      open_ += is_header || open_.starts_with(kHeader) ? kHeader : letter;
    if ((letter == ']' || letter == '}') && !open_.empty()) open_.pop_back();
    line_begins_ = letter == '\n' || (line_begins_ && is_blank(letter));
    const bool in_array = open_.ends_with('[');
    if (letter == '=' || letter == '[') in_value_ = letter == '=' || in_array;
    if (letter == '\n' || letter == ',' || letter == '{') in_value_ = in_array;
  }

  // In the midst of a key or value the parser takes a quote for a letter.
  void check_string() const {
    const char before = at_ == 0 ? '\n' : text_[at_ - 1];
    const bool begins_one = is_blank(before) || before == '\n' || before == '=' || before == ',' ||
                            before == '[' || before == '{' || (before == '.' && !in_value_);
    if (!begins_one && at_ != begin_) refuse("a quote in the midst of a key or value");
  }

  void check_header() {
    size_t at = skip_blanks(at_ + 1);
    if (at < text_.size() && text_[at] == '[') at = skip_blanks(at + 1);
    if (at == text_.size() || is_letter_of_bare_key(text_[at])) return;
    if (!is_quote(text_[at]) && text_[at] != ']') refuse("[ without a table's name behind it");
  }

  size_t skip_blanks(size_t at) const {
    while (at < text_.size() && is_blank(text_[at])) ++at;
    return at;
  }

  [[noreturn]] void refuse(const std::string& what) const {
    const auto line = 1 + std::ranges::count(text_.substr(0, at_), '\n');
    throw_<ConfigError>("{}:{}: this is no valid TOML: {}", file_, line, what);
  }

  std::string_view text_;
  const std::string& file_;
  size_t at_ = 0, begin_ = 0;
  int dots_ = 0;                        // of the key that this may be in
  std::string open_;                    // brackets that are open
  static constexpr char kHeader = 'h';  // in place of a header's brackets
  bool line_begins_ = true, in_value_ = false;
};

}  // namespace

void check_toml_text(std::string_view text, const std::string& file) { TomlScan(text, file).run(); }

}  // namespace dovetail
