// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "cards/aligned_lines.h"
#include "tables/row_reader.h"

namespace dovetail {

// The rows of a second file, joined to those of the first by an identifier that both have, or line
// by line. They are the row's column "answers": "answers.label" is a column of the second file, and
// a list where several of its rows have the identifier.
class JoinedAnswers {
 public:
  inline static const std::string kColumn = "answers";

  // By line: "answers" is the text of the line.
  JoinedAnswers(const std::filesystem::path& file, const std::string& encoding);
  // By identifier, which the second file has in the column `id`. DataError for a bad row.
  JoinedAnswers(const std::filesystem::path& file, const RowFormat& format, const Column& id);

  // Adds the column to the row at `line`. Returns the reason why there is none, else "".
  std::string join(Row& row, const Column& id, int64_t line) const;

  // DataError if a line of the second file belongs to no line of the first.
  void expect_lines(int64_t lines, const std::string& first) const;

 private:
  std::string name_;
  std::optional<AlignedLines> lines_;
  std::map<std::string, std::vector<nlohmann::json>> rows_;
};

}  // namespace dovetail
