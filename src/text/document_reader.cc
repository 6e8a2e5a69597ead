// SPDX-License-Identifier: Apache-2.0
#include "text/document_reader.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/error.h"
#include "base/machine_failure.h"
#include "base/near_path.h"
#include "base/stop.h"
#include "text/utf8.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr size_t kReadBytes = 1 << 18;
constexpr size_t kMaxPart = static_cast<size_t>(kMaxLineBytes);
constexpr std::string_view kReplacement = "\uFFFD";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_ascii_whitespace(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

// Where to split a line that is too long: after its last whitespace, else at the start of the
// character at the limit.
size_t cut_position(std::string_view line) {
  for (size_t end = kMaxPart; end > kMaxPart / 2; --end) {
    if (is_ascii_whitespace(line[end - 1])) return end;
  }
  size_t end = kMaxPart;
  for (int back = 0; back < 3 && (static_cast<uint8_t>(line[end]) & 0xC0) == 0x80; ++back) --end;
  return end;
}

}  // namespace

void to_json(nlohmann::json& json, const ReaderPosition& position) {
  json = {{"file", position.file},       {"offset", position.offset},
          {"in_line", position.in_line}, {"has_text", position.has_text},
          {"has_nul", position.has_nul}, {"is_invalid", position.is_invalid},
          {"is_long", position.is_long}, {"statistics", position.statistics}};
}

void from_json(const nlohmann::json& json, ReaderPosition& position) {
  json.at("file").get_to(position.file);
  json.at("offset").get_to(position.offset);
  json.at("in_line").get_to(position.in_line);
  json.at("has_text").get_to(position.has_text);
  json.at("has_nul").get_to(position.has_nul);
  json.at("is_invalid").get_to(position.is_invalid);
  json.at("is_long").get_to(position.is_long);
  json.at("statistics").get_to(position.statistics);
}

DocumentReader::DocumentReader(std::vector<fs::path> files, const ReaderPosition& from)
    : files_(std::move(files)),
      next_file_(static_cast<size_t>(from.file)),
      in_line_(from.in_line),
      line_has_text_(from.has_text),
      line_has_nul_(from.has_nul),
      line_is_invalid_(from.is_invalid),
      line_is_long_(from.is_long),
      statistics_(from.statistics) {
  for (const fs::path& file : files_) {
    if (!fs::exists(file))
      throw_<DataError>("{}: no such file; expected a text file{}", file.string(),
                        near_path_hint(file));
    if (!fs::is_regular_file(file)) {
      throw_<DataError>("{}: expected a text file, found something else", file.string());
    }
  }
  if (from.offset > 0) open_file(from.offset);
}

ReaderPosition DocumentReader::position() const {
  ReaderPosition position{static_cast<int64_t>(next_file_),
                          0,
                          in_line_,
                          line_has_text_,
                          line_has_nul_,
                          line_is_invalid_,
                          line_is_long_,
                          statistics_};
  if (file_) {
    const int64_t unread = static_cast<int64_t>(buffer_.size() - begin_);
    --position.file;
    position.offset = read_to_ - unread;
    position.statistics.bytes -= unread;
  }
  return position;
}

void DocumentReader::open_file(int64_t offset) {
  const fs::path& path = files_.at(next_file_++);
  file_.reset(std::fopen(path.c_str(), "rb"));
  if (!file_) fail_reading("open", path.string(), errno);
  std::setvbuf(file_.get(), nullptr, _IONBF, 0);  // buffer_ is the buffer
  if (::fseeko(file_.get(), offset, SEEK_SET) != 0) fail_reading("read", path.string(), errno);
  buffer_.clear();
  begin_ = 0;
  read_to_ = offset;
}

bool DocumentReader::open_next_file() {
  if (next_file_ == files_.size()) return false;
  open_file(0);
  fill();
  if (buffer_.starts_with(kByteOrderMark)) begin_ = kByteOrderMark.size();
  return true;
}

bool DocumentReader::fill() {
  buffer_.erase(0, begin_);
  begin_ = 0;
  const size_t kept = buffer_.size();
  buffer_.resize(kept + kReadBytes);
  const size_t count = std::fread(buffer_.data() + kept, 1, kReadBytes, file_.get());
  buffer_.resize(kept + count);
  read_to_ += static_cast<int64_t>(count);
  statistics_.bytes += static_cast<int64_t>(count);
  if (std::ferror(file_.get())) fail_reading("read", files_[next_file_ - 1].string(), errno);
  return count > 0;
}

void DocumentReader::begin_line() {
  ++statistics_.lines;
  in_line_ = true;
  line_has_text_ = line_has_nul_ = line_is_invalid_ = line_is_long_ = false;
}

bool DocumentReader::next_part(std::string& part) {
  for (bool at_end = false; file_ || open_next_file();) {
    const std::string_view rest = std::string_view(buffer_).substr(begin_);
    const size_t line_end = rest.substr(0, kMaxPart + 1).find('\n');
    const bool is_too_long = line_end == rest.npos && rest.size() > kMaxPart;
    if (line_end == rest.npos && !is_too_long && !at_end) {
      at_end = !fill();
      continue;  // `rest` pointed into a buffer that has moved
    }
    if (rest.empty()) {  // the end of the file, after a line end or a split
      file_.reset();
      at_end = false;
      if (!in_line_) continue;
      in_line_ = false;
      part.clear();
      return true;
    }
    if (!in_line_) begin_line();
    const size_t size = is_too_long ? cut_position(rest) : std::min(line_end, rest.size());
    part = rest.substr(0, size);
    if (line_end != rest.npos && part.ends_with('\r')) {
      part.pop_back();
      ++statistics_.crlf_lines;
    }
    begin_ += size + (line_end != rest.npos ? 1 : 0);
    if (is_too_long && !std::exchange(line_is_long_, true)) ++statistics_.long_lines;
    if (!is_too_long) in_line_ = false;
    return true;
  }
  return false;
}

// Returns false for a part of only whitespace.
bool DocumentReader::clean(std::string_view part, std::string& document) {
  if (part.find('\0') != part.npos) {
    if (!std::exchange(line_has_nul_, true)) ++statistics_.nul_lines;
    without_nuls_ = part;
    std::erase(without_nuls_, '\0');
    part = without_nuls_;
  }
  if (repair_utf8(part, kReplacement, document) && !std::exchange(line_is_invalid_, true)) {
    ++statistics_.invalid_utf8_lines;
  }
  return !std::all_of(document.begin(), document.end(), is_ascii_whitespace);
}

bool DocumentReader::next(std::string& document) {
  std::string part;
  while (next_part(part)) {
    check_stop();
    const bool has_text = clean(part, document);
    line_has_text_ |= has_text;
    if (!in_line_ && !line_has_text_) ++statistics_.empty_lines;
    if (!has_text) continue;
    ++statistics_.documents;
    return true;
  }
  return false;
}

}  // namespace dovetail
