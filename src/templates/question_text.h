// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "examples/task.h"
#include "examples/verbalizer.h"
#include "templates/rendered.h"
#include "templates/wording.h"

namespace dovetail {

// The order of a question's parts, and the parts to leave out.
struct QuestionOptions {
  bool question_first = false;
  bool label_after_choice = false;   // "pantry  choice1" instead of "choice1: pantry"
  std::vector<std::string> omitted;  // fields (context, passage, fact), or "choices"
};

// Writes a question in the formats of its verbalizer:
//   question last:   [context] [choices] [fact] , question
//   question first:  question [context] [choices] [fact]
// Formats, with their placeholders:
//   question {question}; before_question, a separator; strip_question, characters to strip from
//   both ends of the question
//   context {context}, for the fields context and passage; fact {fact}
//   choice and choice_end {choice} {number}; choice_4, for the fourth choice alone
//   choice_separator, choice_end_separator; after_choices, where more follows
//   label {number}; first_choice, the number of the first choice
// A source that is too long loses text from its context first, then from fact, question, choices.
void write_question(SourceWriter& writer, const Verbalizer& verbalizer, const Example& example,
                    const QuestionOptions& options);

// Writes a text in the format "text", or a text and its field "pair" in the format "pair".
void write_classified(SourceWriter& writer, const Verbalizer& verbalizer, const Example& example);

// Writes a cloze: its texts are cut where the source is too long, the words around them never.
void write_filled_cloze(SourceWriter& writer, const std::string& cloze, const std::string& source,
                        const std::string& pair);

// The same with the task's soft tokens (cloze_token) in place of its words.
void write_soft_cloze(SourceWriter& writer, const TaskData& task, const std::string& cloze,
                      const std::string& source, const std::string& pair);

// A cloze in order: {source}, {pair}, [MASK], and each word between them.
std::vector<std::string> cloze_pieces(std::string_view cloze);

// Why the verbalizer's clozes cannot print the task, as a sentence; "" when they can. The task may
// be no classification or have no cloze, a pair may meet one for single texts, or a label may have
// no word among those of the others.
std::string cloze_misfit(const Verbalizer& verbalizer, const TaskData& task);

// The label of a choice, which counts from 0: "choice2" for 1.
std::string choice_label(const Verbalizer& verbalizer, int64_t choice);

// A word of the label's class, drawn by the seed and the source; the label itself where the
// verbalizer has no words for it.
std::string filler_of(const Verbalizer& verbalizer, const std::string& label,
                      const std::string& source, int64_t seed);

// The index of the label whose class has the word; -1 if none has.
int64_t label_of_filler(const Verbalizer& verbalizer, const std::vector<std::string>& labels,
                        const std::string& word);

}  // namespace dovetail
