// SPDX-License-Identifier: Apache-2.0
#include "plan/baselines.h"

namespace dovetail {

const std::vector<BaselineEntry>& baselines() {
  static const std::vector<BaselineEntry> all = {
      {.name = "chance",
       .label = "uniform chance",
       .definition = "what one who picks any choice or label, all with the same probability, is "
                     "expected to score; it has no answers of its own"},
      {.name = "most_frequent_position",
       .label = "most frequent position",
       .definition = "the choice at the place where the right one stands most often in the cell's "
                     "training examples"},
      {.name = "longest_choice",
       .label = "longest choice",
       .definition = "the choice with the most letters; the first of several"},
      {.name = "most_frequent",
       .label = "most frequent answer",
       .definition = "the most frequent answer of the cell's training examples; of a "
                     "classification the majority label"},
      {.name = "nearest_example",
       .label = "answer of the nearest example",
       .definition = "the first answer of the cell's training example whose words are most like "
                     "the question's (cosine of TF-IDF); the first of several"},
      {.name = "copy",
       .label = "copy the input",
       .definition = "the source itself, without a sense note in brackets at its end"},
      {.name = "untuned",
       .label = "untuned model, at its best",
       .definition = "the model before tuning",
       .needs_model = true}};
  return all;
}

std::vector<std::string> baselines_for(const std::string& task_kind, const std::string& layout) {
  const bool question = layout == "question";
  std::vector<std::string> names;
  for (const BaselineEntry& entry : baselines()) {
    const std::string& name = entry.name;
    const bool suits = name == "chance" ? question || layout == "classification"
                       : name == "most_frequent_position" || name == "longest_choice" ? question
                       : name == "nearest_example"
                           ? task_kind == "phrasal" || task_kind == "generation"
                           : true;
    if (suits) names.push_back(name);
  }
  return names;
}

}  // namespace dovetail
