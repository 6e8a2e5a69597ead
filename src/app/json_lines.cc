// SPDX-License-Identifier: Apache-2.0
#include "app/json_lines.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/names.h"
#include "base/near_path.h"

namespace dovetail {

namespace {

constexpr size_t kReadBytes = 1 << 16;

}  // namespace

LineReader::LineReader(const std::string& input) : name_(input == "-" ? "standard input" : input) {
  file_ = input == "-" ? dup(STDIN_FILENO) : open(input.c_str(), O_RDONLY | O_CLOEXEC);
  if (file_ < 0)
    throw_<ConfigError>("--input {}: cannot be opened: {}{}", input, std::strerror(errno),
                        near_path_hint(input));
}

LineReader::~LineReader() { close(file_); }

// Reads more bytes; false at the end of the file.
bool LineReader::fill() {
  buffer_.erase(0, begin_);
  searched_ -= begin_;
  begin_ = 0;
  const size_t had = buffer_.size();
  buffer_.resize(had + kReadBytes);
  ssize_t count = -1;
  do {
    count = read(file_, buffer_.data() + had, kReadBytes);
  } while (count < 0 && errno == EINTR);
  if (count < 0) {
    const auto reason = std::strerror(errno);
    if (errno == EISDIR)
      throw_<ConfigError>("--input {}: is a folder; expected a file of JSON lines", name_);
    throw_<SystemError>("cannot read {}: {}", name_, reason);
  }
  buffer_.resize(had + static_cast<size_t>(count));
  ended_ = count == 0;
  return !ended_;
}

bool LineReader::next(std::string& line) {
  while (true) {
    const size_t end = buffer_.find('\n', searched_);
    if (end == std::string::npos) {
      searched_ = buffer_.size();
      if (!ended_ && fill()) continue;
      if (begin_ == buffer_.size()) return false;
    }
    line = buffer_.substr(begin_, std::min(end, buffer_.size()) - begin_);
    begin_ = searched_ = end == std::string::npos ? buffer_.size() : end + 1;
    ++line_number_;
    if (!trim(line).empty()) return true;
  }
}

bool LineReader::ready() {
  if (ended_ || buffer_.find('\n', searched_) != std::string::npos) return true;
  pollfd waiting{file_, POLLIN, 0};
  return poll(&waiting, 1, 0) > 0;
}

std::string LineReader::where() const { return fmt::format("{}:{}", name_, line_number_); }

}  // namespace dovetail
