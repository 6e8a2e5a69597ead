// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "examples/task.h"
#include "examples/verbalizer.h"
#include "templates/rendered.h"

namespace dovetail {

// Where the parts of a question stand, and which go.
struct QuestionOptions {
  bool question_first = false;
  bool label_after_choice = false;   // "pantry  choice1" instead of "choice1: pantry"
  std::vector<std::string> omitted;  // fields (context, passage, fact), or "choices"
};

// A question as its verbalizer's formats put it, into the writer:
//   end:   [context] [choices] [fact] , question     start: question [context] [choices] [fact]
// Formats (with the names they take): question {question}, before_question, strip_question (letters
// that go at its ends), context {context} (of the fields context or passage), fact {fact}, choice
// and choice_end {choice} {number}, choice_4 of the fourth alone, choice_separator,
// choice_end_separator, after_choices (where more follows), label {number}, first_choice (the first
// number). A source that is too long loses first of its context, then of fact, question and
// choices.
void write_question(SourceWriter& writer, const Verbalizer& form, const Example& example,
                    const QuestionOptions& options);

// A text, or a text and the field "pair", as the formats "text" and "pair" put them.
void write_classified(SourceWriter& writer, const Verbalizer& form, const Example& example);

// "choice2" for 1.
std::string choice_label(const Verbalizer& form, int64_t choice);

// A word of the label's class, drawn by seed and example; the label itself where the form has no
// words for it.
std::string filler_of(const Verbalizer& form, const std::string& label, const std::string& source,
                      int64_t seed);

// Index of the label whose class has the word, -1 of none.
int64_t label_of_filler(const Verbalizer& form, const std::vector<std::string>& labels,
                        const std::string& word);

}  // namespace dovetail
