// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// Longer rows are bad rows.
inline constexpr size_t kMaxRowBytes = 65536;

// The cells of a line without quoting.
std::vector<std::string> cut_cells(std::string_view line, std::string_view delimiter);

// The record at the start of a text, by RFC 4180: its cells, its length with the line end, and how
// many lines it takes. Where a quote is never closed, or closes in the midst of a text, the quotes
// of its line are taken as text: else it would swallow the rows up to the next quote.
struct QuotedRecord {
  std::vector<std::string> cells = {};
  size_t length = 0;
  int64_t lines = 1;
  bool stray_quote = false;
};
QuotedRecord quoted_record(std::string_view rest, std::string_view delimiter);

}  // namespace dovetail
