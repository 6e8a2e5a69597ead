// SPDX-License-Identifier: Apache-2.0
#include "plan/baselines.h"

#include <algorithm>

namespace dovetail {

namespace {

const std::vector<BaselineEntry> kBaselines = {
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
    {.name = "most_frequent_in_stratum",
     .label = "most frequent answer in the stratum",
     .definition = "the same of the training examples that agree in the first column of strata"},
    {.name = "nearest_example",
     .label = "answer of the nearest example",
     .definition = "the first answer of the cell's training example whose words are most like "
                   "the question's (cosine of TF-IDF); the first of several"},
    {.name = "one_sentence",
     .label = "one-sentence look-up",
     .definition =
         "what a sentence about both agents of the question says, if there is one; else the "
         "most frequent answer"},
    {.name = "entity_overlap",
     .label = "entity overlap",
     .definition =
         "what the sentence that shares most agents with the question says, as if of both"},
    {.name = "copy",
     .label = "copy the input",
     .definition = "the source itself, without a sense note in brackets at its end"},
    {.name = "untuned",
     .label = "untuned model, at its best",
     .definition = "the model before tuning",
     .needs_model = true}};

bool is_a_rule(const std::string& baseline) {
  return baseline == "one_sentence" || baseline == "entity_overlap";
}

bool is_listed(const Json& facts, const char* key, const std::string& name) {
  const Json listed = facts.value(key, Json::array());
  return std::ranges::find(listed, Json(name)) != listed.end();
}

}  // namespace

const std::vector<BaselineEntry>& baselines() { return kBaselines; }

bool lacks_baseline(const Json& facts, const std::string& baseline) {
  const std::string layout = facts.value("layout", "");
  if (baseline == "chance") return layout != "question" && layout != "classification";
  if (baseline == "most_frequent_position" || baseline == "longest_choice")
    return layout != "question";
  if (baseline == "most_frequent_in_stratum") return facts.value("strata", Json::array()).empty();
  return is_a_rule(baseline) && !is_listed(facts, "rules", baseline);
}

std::vector<std::string> baselines_for(const Json& facts) {
  const std::string kind = facts.value("kind", "");
  std::vector<std::string> names;
  for (const BaselineEntry& entry : baselines()) {
    const bool suits = entry.name != "nearest_example" || kind == "phrasal" || kind == "generation";
    if (suits && !lacks_baseline(facts, entry.name)) names.push_back(entry.name);
  }
  return names;
}

}  // namespace dovetail
