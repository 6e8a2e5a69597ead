// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cards/example_importer.h"
#include "cards/row_reader.h"

namespace dovetail {

// A row of which the named key or column is not there, or is not as the format has it.
struct BadQuestion {
  std::string what;
};

// A published file of questions. The source is the question alone; what it is about stands in the
// example's fields: "context", "passage", "fact". The answer is an index from 0, whatever a file or
// the words of a template count from.
struct QuestionFormat {
  std::string name;  // what a card calls it
  std::string paper;
  TextFormat rows = TextFormat::jsonl;
  bool header = false;
  bool needs_answers = false;  // right answers stand in another file
  // Throws BadQuestion. `answer` is the other file's line.
  Draft (*question)(const Row& row, const std::string& answer) = nullptr;
};

// The catalogue (question_formats.inc).
const std::vector<QuestionFormat>& question_formats();

// The text at a column or path, which must be there.
std::string require_text(const Row& row, const std::string& path);
std::vector<std::string> require_texts(const Row& row, const std::string& path);

// Cuts "(A) yes (B) no" at its marks, which must come in their order: a mark that is written twice
// stays in the text. Empty when one is missing.
std::vector<std::string> cut_at_marks(std::string_view text, const std::vector<std::string>& marks);

}  // namespace dovetail
