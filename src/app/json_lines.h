// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace dovetail {

// Lines of a file, or of standard input ("-"), with the means to tell whether the next one is there
// already: a pipe whose writer waits for answers gets them.
class LineReader {
 public:
  // Throws ConfigError when the file cannot be opened.
  explicit LineReader(const std::string& input);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  // False at the end. Blank lines are counted and left out.
  bool next(std::string& line);

  // Would next() return without waiting for a writer?
  bool ready();

  // FILE:LINE of the last line.
  std::string where() const;
  int64_t line_number() const { return line_number_; }

 private:
  bool fill();

  int file_ = -1;
  std::string name_, buffer_;
  size_t begin_ = 0;     // of what is not yet given out
  size_t searched_ = 0;  // up to here no end of line was found
  bool ended_ = false;
  int64_t line_number_ = 0;
};

}  // namespace dovetail
