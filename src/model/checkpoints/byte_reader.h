// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace dovetail {

// Reads untrusted bytes from front to back. Reading past their end throws DataError. Numbers are
// little-endian, as in every format here.
class ByteReader {
 public:
  ByteReader(std::string_view bytes, std::string file_name, size_t position = 0)
      : bytes_(bytes), file_(std::move(file_name)), position_(position) {
    if (position > bytes.size()) refuse("an offset in it points past its end");
  }

  size_t position() const { return position_; }
  const std::string& file() const { return file_; }

  std::string_view take(uint64_t count) {
    if (count > bytes_.size() - position_) {
      refuse(fmt::format("{} bytes are wanted at byte {} of {}", count, position_, bytes_.size()));
    }
    const std::string_view taken = bytes_.substr(position_, count);
    position_ += count;
    return taken;
  }

  // A number of 1, 2, 4 or 8 bytes.
  uint64_t number(int num_bytes) {
    const std::string_view taken = take(static_cast<uint64_t>(num_bytes));
    uint64_t value = 0;
    for (int i = num_bytes - 1; i >= 0; --i)
      value = value << 8 | static_cast<unsigned char>(taken[i]);
    return value;
  }

  // Reads up to the next newline, and skips it.
  std::string_view line() {
    const size_t end = bytes_.find('\n', position_);
    if (end == std::string_view::npos) refuse("a line in it does not end");
    const std::string_view taken = bytes_.substr(position_, end - position_);
    position_ = end + 1;
    return taken;
  }

  [[noreturn]] void refuse(const std::string& what) const {
    throw_<DataError>("{}: not a whole file of weights: {}; fetch or write it again", file_, what);
  }

 private:
  std::string_view bytes_;
  std::string file_;
  size_t position_;
};

}  // namespace dovetail
