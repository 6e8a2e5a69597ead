// SPDX-License-Identifier: Apache-2.0
#include "cards/question_formats.h"

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

std::string require_text(const Row& row, const std::string& path) {
  const std::optional<std::string> text = row.text(path);
  if (!text) throw BadQuestion{fmt::format("there is no text \"{}\"", path)};
  return *text;
}

std::vector<std::string> require_texts(const Row& row, const std::string& path) {
  const std::optional<std::vector<std::string>> texts = row.texts(path);
  if (!texts) throw BadQuestion{fmt::format("there is no list of texts \"{}\"", path)};
  return *texts;
}

std::vector<std::string> cut_at_marks(std::string_view text,
                                      const std::vector<std::string>& marks) {
  std::vector<std::string> parts;
  size_t begin = text.find(marks.at(0));
  for (size_t i = 0; i < marks.size(); ++i) {
    if (begin == std::string_view::npos) return {};
    begin += marks[i].size();
    const size_t end = i + 1 < marks.size() ? text.find(marks[i + 1], begin) : text.size();
    if (end == std::string_view::npos) return {};
    parts.emplace_back(trim(text.substr(begin, end - begin)));
    begin = end;
  }
  return parts;
}

namespace {

// AI2's common form: {"question": {"stem", "choices": [{"label", "text"}]}, "answerKey"}.
Draft ai2_question(const Row& row, const std::string&) {
  Draft draft{.source = require_text(row, "question.stem"),
              .choices = require_texts(row, "question.choices.text"),
              .answer = require_text(row, "answerKey"),
              .choice_labels = require_texts(row, "question.choices.label")};
  if (const auto fact = row.text("fact1")) draft.fields["fact"] = *fact;
  return draft;
}

Draft openbook_row(const Row& row, const std::string&) {
  const std::string choices = require_text(row, "Choices");
  Draft draft{.source = require_text(row, "Question Stem"),
              .choices = cut_at_marks(choices, {"(A)", "(B)", "(C)", "(D)"}),
              .answer = require_text(row, "Answer Key"),
              .choice_labels = {"A", "B", "C", "D"}};
  if (draft.choices.empty()) {
    throw BadQuestion{"expected choices \"(A) ... (B) ... (C) ... (D) ...\""};
  }
  return draft;
}

Draft piqa_question(const Row& row, const std::string& answer) {
  return {.source = require_text(row, "goal"),
          .choices = {require_text(row, "sol1"), require_text(row, "sol2")},
          .answer = answer,
          .choice_labels = {"0", "1"}};
}

Draft social_question(const Row& row, const std::string& answer) {
  return {.source = require_text(row, "question"),
          .choices = {require_text(row, "answerA"), require_text(row, "answerB"),
                      require_text(row, "answerC")},
          .answer = answer,
          .choice_labels = {"1", "2", "3"},
          .fields = {{"context", require_text(row, "context")}}};
}

Draft bool_question(const Row& row, const std::string&) {
  return {.source = require_text(row, "question"),
          .choices = {"true", "false"},
          .answer = require_text(row, "answer"),
          .fields = {{"passage", require_text(row, "passage")}}};
}

Draft winogrande_question(const Row& row, const std::string&) {
  const std::string sentence = require_text(row, "sentence");
  if (sentence.find('_') == std::string::npos) throw BadQuestion{"the sentence has no gap (_)"};
  return {.source = sentence,
          .choices = {require_text(row, "option1"), require_text(row, "option2")},
          .answer = require_text(row, "answer"),
          .choice_labels = {"1", "2"}};
}

// "Please choose ...: QUESTION\n\nAnswer1: yes Answer2: no\n\nAnswer format: answer1/answer2"
Draft instruction(const Row& row, const std::string&) {
  constexpr std::string_view kFormat = "Answer format:";
  const std::string text = require_text(row, "instruction");
  const size_t format = text.rfind(kFormat), colon = text.find(": ");
  if (format == std::string::npos || colon >= format) {
    throw BadQuestion{"expected \"...: QUESTION ... Answer format: a/b\""};
  }
  const std::string body = text.substr(colon + 2, format - colon - 2);
  Draft draft{.source = body, .answer = require_text(row, "answer")};
  std::vector<std::string> marks;
  for (const std::string& label : split(text.substr(format + kFormat.size()), '/')) {
    draft.choice_labels.emplace_back(trim(label));
    std::string mark = draft.choice_labels.back() + ":";
    mark[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(mark[0])));
    marks.push_back(std::move(mark));
  }
  // "true/false" are the choices themselves, "answer1/answer2" name them
  const bool are_names = !marks[0].empty() && marks[0].size() > 1 && marks[0].ends_with("1:");
  if (!are_names) {
    draft.choices = draft.choice_labels;
    return draft;
  }
  draft.source = body.substr(0, body.find(marks[0]));
  draft.choices = cut_at_marks(body, marks);
  if (draft.choices.empty()) throw BadQuestion{"expected a text for each of " + join(marks, " ")};
  return draft;
}

}  // namespace

QuestionFormat commonsense_qa() {
  return {.name = "commonsense_qa", .paper = "Talmor et al. 2019", .question = ai2_question};
}

QuestionFormat openbook_qa() {
  return {.name = "openbook_qa", .paper = "Mihaylov et al. 2018", .question = ai2_question};
}

QuestionFormat openbook_qa_tsv() {
  return {.name = "openbook_qa_tsv",
          .paper = "Mihaylov et al. 2018",
          .rows = TextFormat::tsv,
          .header = true,
          .question = openbook_row};
}

QuestionFormat arc() {
  return {.name = "arc", .paper = "Clark et al. 2018", .question = ai2_question};
}

QuestionFormat piqa() {
  return {.name = "piqa",
          .paper = "Bisk et al. 2020",
          .needs_answers = true,
          .question = piqa_question};
}

QuestionFormat social_i_qa() {
  return {.name = "social_i_qa",
          .paper = "Sap et al. 2019",
          .needs_answers = true,
          .question = social_question};
}

QuestionFormat bool_q() {
  return {.name = "bool_q", .paper = "Clark et al. 2019", .question = bool_question};
}

QuestionFormat winogrande() {
  return {.name = "winogrande", .paper = "Sakaguchi et al. 2020", .question = winogrande_question};
}

QuestionFormat instructions() {
  return {.name = "instructions",
          .paper = "Hu et al. 2023 (LLM-Adapters)",
          .rows = TextFormat::json,
          .question = instruction};
}

}  // namespace dovetail
