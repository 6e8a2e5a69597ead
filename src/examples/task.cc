// SPDX-License-Identifier: Apache-2.0
#include "examples/task.h"

namespace dovetail {

const std::vector<std::string>& choices_of(const TaskData& data, const Example& example) {
  return example.choices.empty() ? data.labels : example.choices;
}

const std::vector<std::string>& said_fields(Layout layout) {
  static const std::vector<std::string> of_questions = {"context", "passage", "fact"};
  static const std::vector<std::string> of_classifications = {"pair"}, none;
  if (layout == Layout::question) return of_questions;
  return layout == Layout::classification ? of_classifications : none;
}

}  // namespace dovetail
