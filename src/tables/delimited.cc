// SPDX-License-Identifier: Apache-2.0
#include "tables/delimited.h"

#include <algorithm>
#include <utility>

namespace dovetail {

namespace {

// Reads a record letter by letter.
class RecordScanner {
 public:
  RecordScanner(std::string_view rest, std::string_view delimiter)
      : rest_(rest), delimiter_(delimiter) {}

  // False for a quote that nobody closes within the longest row, or that closes before more text.
  bool scan() {
    for (; at_ < rest_.size(); ++at_) {
      if (inside_ ? !take_quoted() : !take_plain()) break;
    }
    return !inside_ && !stray_;
  }

  QuotedRecord take() {
    if (cell_.ends_with('\r')) cell_.pop_back();
    record_.cells.push_back(std::move(cell_));
    record_.length = std::min(at_ + 1, rest_.size());
    return std::move(record_);
  }

 private:
  // Both return false where the scan ends.
  bool take_quoted() {
    const char letter = rest_[at_];
    if (at_ > kMaxRowBytes) return false;
    if (letter == '\n') ++record_.lines;
    if (letter != '"') {
      cell_ += letter;
    } else if (at_ + 1 < rest_.size() && rest_[at_ + 1] == '"') {
      cell_ += rest_[++at_];
    } else {
      inside_ = false;
      closed_ = true;
    }
    return true;
  }

  bool take_plain() {
    const char letter = rest_[at_];
    if (letter == '"' && cell_.empty() && !closed_) {
      inside_ = true;
    } else if (rest_.substr(at_).starts_with(delimiter_)) {
      record_.cells.push_back(std::exchange(cell_, {}));
      at_ += delimiter_.size() - 1;
      closed_ = false;
    } else if (letter == '\n') {
      return false;
    } else if (closed_) {  // only blanks may follow
      stray_ = letter != ' ' && letter != '\t' && letter != '\r';
      return !stray_;
    } else {
      cell_ += letter;
    }
    return true;
  }

  std::string_view rest_, delimiter_;
  QuotedRecord record_;
  std::string cell_;
  size_t at_ = 0;
  bool inside_ = false;
  bool closed_ = false;  // the cell was in quotes
  bool stray_ = false;
};

}  // namespace

std::vector<std::string> cut_cells(std::string_view line, std::string_view delimiter) {
  std::vector<std::string> cells;
  for (;;) {
    const size_t end = line.find(delimiter);
    cells.emplace_back(line.substr(0, end));
    if (end == std::string_view::npos) return cells;
    line.remove_prefix(end + delimiter.size());
  }
}

QuotedRecord quoted_record(std::string_view rest, std::string_view delimiter) {
  RecordScanner scanner(rest, delimiter);
  if (scanner.scan()) return scanner.take();
  const size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return {.cells = cut_cells(line, delimiter),
          .length = end == std::string_view::npos ? rest.size() : end + 1,
          .stray_quote = true};
}

}  // namespace dovetail
