// SPDX-License-Identifier: Apache-2.0
#include "cards/aligned_lines.h"

#include "base/error.h"
#include "base/names.h"
#include "base/text.h"

namespace dovetail {

AlignedLines::AlignedLines(const std::filesystem::path& file, const std::string& encoding)
    : name_(file.string()), data_(file, encoding) {
  for_each_line(data_.bytes(),
                [&](int64_t, std::string_view line) { lines_.push_back(trim(line)); });
  while (!lines_.empty() && lines_.back().empty()) lines_.pop_back();
}

std::optional<std::string_view> AlignedLines::at(int64_t line) const {
  if (line < 1 || line > static_cast<int64_t>(lines_.size())) return std::nullopt;
  return lines_[line - 1];
}

void AlignedLines::expect_lines(int64_t lines, const std::string& other) const {
  if (static_cast<int64_t>(lines_.size()) <= lines) return;
  throw_<DataError>(
      "{}:{}: this file has {} lines, {} only {}: line N of one must belong to line N "
      "of the other",
      name_, lines + 1, lines_.size(), other, lines);
}

void check_answers(const StrictToml& toml, const std::string& format, bool needed) {
  for (const std::string split : {"train", "test", "dev"}) {
    const std::string key = split + "_answers";
    if (toml.has(key) && !needed) {
      toml.fail(key, fmt::format("format \"{}\" has its answers in the same file", format));
    }
    if (needed && toml.has(split) && !toml.has(key)) {
      toml.fail(split, fmt::format("format \"{}\" needs the key {} too: the file with an answer a "
                                   "line",
                                   format, key));
    }
  }
}

}  // namespace dovetail
