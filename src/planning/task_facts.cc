// SPDX-License-Identifier: Apache-2.0
#include "planning/task_facts.h"

#include "base/names.h"
#include "templates/shape_choice.h"

namespace dovetail {

namespace {

std::string name_of(Layout layout) {
  switch (layout) {
    case Layout::relation: return "relation";
    case Layout::question: return "question";
    case Layout::classification: return "classification";
    case Layout::text: return "text";
  }
  return "";
}

}  // namespace

Json facts_of(const TaskData& data) {
  double choice_words = 0, choices = 0, questions = 0;
  for (const Example& example : data.train) {
    questions += example.source.find('?') != std::string::npos;
    for (const std::string& choice : choices_of(data, example)) {
      choice_words += static_cast<double>(words_of(choice).size());
      ++choices;
    }
  }
  return {{"kind", data.kind},
          {"relation", data.relation},
          {"flex_fills", is_filling_relation(data.relation)},
          {"layout", name_of(data.layout)},
          {"mean_choice_words", choices > 0 ? choice_words / choices : 0},
          {"question_mark_share",
           data.train.empty() ? 0 : questions / static_cast<double>(data.train.size())}};
}

}  // namespace dovetail
