// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strict_toml.h"
#include "tables/data_file.h"

namespace dovetail {

// A file whose line N belongs to line N of another file.
class AlignedLines {
 public:
  explicit AlignedLines(const std::filesystem::path& file, const std::string& encoding = "");

  // The text of a line, which counts from 1; nullopt after the last.
  std::optional<std::string_view> at(int64_t line) const;

  // DataError if this file has more lines than the other one, apart from blank lines at the end: a
  // superfluous line would give each row the answer of another.
  void expect_lines(int64_t lines, const std::string& other) const;

 private:
  std::string name_;
  DataFile data_;
  std::vector<std::string_view> lines_;
};

// ConfigError if the card lacks a file of answers for one of its splits and its format needs one,
// or names one that its format does not need.
void check_answers(const StrictToml& toml, const std::string& format, bool needed);

}  // namespace dovetail
