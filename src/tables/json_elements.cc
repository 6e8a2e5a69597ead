// SPDX-License-Identifier: Apache-2.0
#include "tables/json_elements.h"

#include "base/error.h"

namespace dovetail {

namespace {

// Scans just enough of JSON to find where elements end: strings and nesting.
class JsonScanner {
 public:
  explicit JsonScanner(const JsonText& json)
      : bytes_(json.bytes), file_(json.file), line_(json.line) {
    if (bytes_.starts_with("\xef\xbb\xbf")) at_ = 3;
  }

  int64_t line() const { return line_; }

  // Skips whitespace and returns the next byte; 0 at the end.
  char peek() {
    constexpr std::string_view kWhitespace = " \t\r\n";
    while (at_ < bytes_.size() && kWhitespace.find(bytes_[at_]) != std::string_view::npos) step();
    return at_ < bytes_.size() ? bytes_[at_] : 0;
  }

  void expect(char wanted, const char* where) {
    if (peek() != wanted) fail(fmt::format("expected {:?} {}", wanted, where));
    step();
  }

  void fail(const std::string& what) const {
    throw_<DataError>("{}:{}: this is no JSON: {}", file_, line_, what);
  }

  std::string_view string() {
    const size_t begin = at_;
    expect('"', "before a key");
    while (at_ < bytes_.size() && bytes_[at_] != '"') {
      if (bytes_[at_] == '\\') step();
      step();
    }
    if (at_ >= bytes_.size()) fail("a string is not closed");
    step();
    return bytes_.substr(begin, at_ - begin);
  }

  // Reads an element up to the comma or bracket after it.
  std::string_view element() {
    const size_t begin = at_;
    int64_t depth = 0;
    while (at_ < bytes_.size()) {
      const char letter = bytes_[at_];
      if (letter == '"') {
        string();
        continue;
      }
      const bool closes = letter == ']' || letter == '}';
      if (depth == 0 && (closes || letter == ',')) break;
      if (closes) --depth;
      if (letter == '[' || letter == '{') ++depth;
      step();
    }
    return bytes_.substr(begin, at_ - begin);
  }

 private:
  void step() {
    if (at_ < bytes_.size() && bytes_[at_] == '\n') ++line_;
    ++at_;
  }

  std::string_view bytes_;
  const std::string& file_;
  size_t at_ = 0;
  int64_t line_;
};

}  // namespace

int64_t for_each_json_element(const JsonText& json,
                              const std::function<void(const JsonElement&)>& take) {
  if (json.bytes.empty()) return 0;
  JsonScanner scanner(json);
  const char opens = scanner.peek();
  if (opens != '[' && opens != '{') scanner.fail("expected a list or an object");
  const char closes = opens == '[' ? ']' : '}';
  scanner.expect(opens, "at the beginning");
  while (scanner.peek() != closes) {
    std::string_view key;
    if (opens == '{') {
      key = scanner.string();
      scanner.expect(':', "after a key");
      scanner.peek();
    }
    const int64_t line = scanner.line();
    const std::string_view text = scanner.element();
    take({.line = line, .key = key.empty() ? key : key.substr(1, key.size() - 2), .text = text});
    if (scanner.peek() == closes) break;
    scanner.expect(',', "between elements");
  }
  scanner.expect(closes, "at the end");
  if (scanner.peek() != 0) scanner.fail("there is more after its end");
  return scanner.line();
}

}  // namespace dovetail
