// SPDX-License-Identifier: Apache-2.0
// Cards of kind "multiple-choice": questions with choices, in the files of their publishers.
#include "base/error.h"
#include "base/text.h"
#include "cards/aligned_lines.h"
#include "cards/card.h"
#include "cards/question_formats.h"

namespace dovetail {

#define QUESTION_FORMAT(name) QuestionFormat name();
#include "cards/question_formats.inc"
#undef QUESTION_FORMAT

const std::vector<QuestionFormat>& question_formats() {
  static const std::vector<QuestionFormat> all = {
#define QUESTION_FORMAT(name) name(),
#include "cards/question_formats.inc"
#undef QUESTION_FORMAT
  };
  return all;
}

namespace {

void read_questions(const QuestionFormat& format, const Card::Split& split, ExampleImporter& sink) {
  std::optional<AlignedLines> answers;
  if (format.needs_answers) answers.emplace(split.answers, split.encoding);
  const RowFormat rows{.text = format.rows, .header = format.header, .encoding = split.encoding};
  read_rows(split.rows, rows, sink, [&](const Row& row) {
    std::optional<std::string_view> answer = "";
    if (answers) answer = answers->at(sink.line());
    if (!answer) return sink.bad("missing_columns", "the file of answers is shorter than this one");
    try {
      Draft draft = format.question(row, std::string(*answer));
      if (!draft.choice_labels.empty() && draft.choice_labels.size() != draft.choices.size()) {
        throw BadQuestion{"there are not as many labels as choices"};
      }
      sink.add(std::move(draft));
    } catch (const BadQuestion& bad) {
      sink.bad("missing_columns", bad.what);
    }
  });
  if (answers) answers->expect_lines(sink.lines(), sink.file());
}

Importer make_question_importer(const StrictToml& toml, const CardName& asked, Card&) {
  refuse_relation(toml, asked);
  const QuestionFormat& format = one_of_catalogue(toml, "format", question_formats());
  check_answers(toml, format.name, format.needs_answers);
  return {.rules = {.layout = Layout::question},
          .read = [&format](const Card::Split& split,
                            ExampleImporter& sink) { read_questions(format, split, sink); },
          .settings = {{"format", format.name}}};
}

}  // namespace

CardKind multiple_choice() {
  return {.name = "multiple-choice",
          .description = "answers",
          .task_kind = "choice",
          .reads_answers = true,
          .keys = {"format"},
          .make = make_question_importer};
}

}  // namespace dovetail
