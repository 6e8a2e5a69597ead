// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/strict_toml.h"

namespace dovetail {

// A file whose line N belongs to line N of another file.
class AlignedLines {
 public:
  explicit AlignedLines(const std::filesystem::path& file);

  // From 1 on; nullopt after the last.
  std::optional<std::string_view> at(int64_t line) const;

  // DataError unless there are as many lines as in the other file, blank ones at the end aside:
  // one line too many, and each row has another one's answer.
  void expect_lines(int64_t lines, const std::string& other) const;

 private:
  std::string name_;
  MappedFile mapped_;
  std::vector<std::string_view> lines_;
};

// ConfigError unless the card names a file of answers for each of its splits exactly where its
// format needs one.
void check_answers(const StrictToml& toml, const std::string& format, bool needed);

}  // namespace dovetail
