// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cards/example_importer.h"
#include "tables/row_reader.h"

namespace dovetail {

// A row that lacks a key or column of its format, or has another form.
struct BadQuestion {
  std::string what;
};

// A published format of question sets. The source of an example is the question alone; further text
// is in the fields "context", "passage" and "fact". Answers are indices from 0, whatever the file
// or a template counts from.
struct QuestionFormat {
  std::string name;  // as a card names it
  std::string paper;
  TextFormat rows = TextFormat::jsonl;
  bool header = false;
  bool needs_answers = false;  // right answers are in another file
  // Reads one row; `answer` is its line of the file of answers. Throws BadQuestion.
  Draft (*question)(const Row& row, const std::string& answer) = nullptr;
};

// The catalogue (question_formats.inc).
const std::vector<QuestionFormat>& question_formats();

// The text (or texts) at a column or path. Throws BadQuestion if it is missing.
std::string require_text(const Row& row, const std::string& path);
std::vector<std::string> require_texts(const Row& row, const std::string& path);

// Splits "(A) yes (B) no" at its marks, which must be in order; a repeated mark stays in the text.
// Empty if a mark is missing.
std::vector<std::string> cut_at_marks(std::string_view text, const std::vector<std::string>& marks);

}  // namespace dovetail
