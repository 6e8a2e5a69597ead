// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace dovetail {

// Reads lines of a file, or of standard input ("-"). ready() tells whether the next one is there,
// so that the writer of a pipe gets answers while it waits.
class LineReader {
 public:
  // Throws ConfigError when the file cannot be opened.
  explicit LineReader(const std::string& input);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  // Reads the next line; false at the end. Skips blank lines, but counts them.
  bool next(std::string& line);

  // Whether next() would return without waiting for a writer.
  bool ready();

  // FILE:LINE of the last line.
  std::string where() const;
  int64_t line_number() const { return line_number_; }

 private:
  bool fill();

  int file_ = -1;
  std::string name_, buffer_;
  size_t begin_ = 0;     // of the text not yet returned
  size_t searched_ = 0;  // no end of line before this place
  bool ended_ = false;
  int64_t line_number_ = 0;
};

}  // namespace dovetail
