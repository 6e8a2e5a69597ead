// SPDX-License-Identifier: Apache-2.0
#include "planning/task_facts.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "adaptation/phrase_lexicon.h"
#include "base/hash.h"
#include "base/names.h"
#include "base/text.h"
#include "examples/subset.h"
#include "plan/plan.h"
#include "templates/shape_choice.h"

namespace dovetail {

namespace {

std::string name_of(Layout layout) {
  switch (layout) {
    case Layout::relation: return "relation";
    case Layout::question: return "question";
    case Layout::classification: return "classification";
    case Layout::text: return "text";
    case Layout::conversation: return "conversation";
  }
  return "";
}

// Characters of UTF-8: bytes that continue none.
double letters_in(const std::string& text) {
  return static_cast<double>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

// Adds an example to sums.
void add_example(const TaskData& data, const Example& example, TaskSize& sums) {
  sums.train_examples += 1;
  sums.train_references += static_cast<double>(example.references.size());
  sums.source_letters += letters_in(example.source);
  for (const auto& [name, text] : example.fields) sums.source_letters += letters_in(text);
  for (const std::string& choice : example.choices) sums.source_letters += letters_in(choice);
  for (const std::string& reference : example.references)
    sums.target_letters += letters_in(reference);
  sums.choices += static_cast<double>(choices_of(data, example).size());
}

// A bottom-k sketch: enough to tell a quarter of shared sources from a tenth.
std::vector<uint32_t> source_sketch(const TaskData& data) {
  std::set<uint32_t> hashes;
  for (const auto* split : {&data.train, &data.test}) {
    for (const Example& example : *split) {
      hashes.insert(static_cast<uint32_t>(hash64(collapse_whitespace(example.source))));
      if (hashes.size() > kSourceSketchSize) hashes.erase(std::prev(hashes.end()));
    }
  }
  return {hashes.begin(), hashes.end()};
}

}  // namespace

TaskSize size_of(const TaskData& data) {
  TaskSize size{.train_examples = 0,
                .train_references = 0,
                .test_examples = static_cast<double>(data.test.size()),
                .source_letters = 0,
                .target_letters = 0};
  for (const Example& example : data.train) add_example(data, example, size);
  const double examples = std::max(1.0, size.train_examples);
  size.source_letters /= examples;
  size.target_letters /= std::max(1.0, size.train_references);
  size.choices /= examples;
  return size;
}

Json facts_of(const TaskData& data) {
  double choice_words = 0, choices = 0, questions = 0;
  for (const Example& example : data.train) {
    questions += example.source.find('?') != std::string::npos;
    for (const std::string& choice : choices_of(data, example)) {
      choice_words += static_cast<double>(words_of(choice).size());
      ++choices;
    }
  }
  Json facts = {{"kind", data.kind},
                {"relation", data.relation},
                {"flex_fills", is_filling_relation(data.relation)},
                {"layout", name_of(data.layout)},
                {"mean_choice_words", choices > 0 ? choice_words / choices : 0},
                {"source_sketch", source_sketch(data)},
                {"question_mark_share",
                 data.train.empty() ? 0 : questions / static_cast<double>(data.train.size())}};
  if (!data.strata.empty()) facts["strata"] = data.strata;
  for (const auto& [name, rule] : data.rules) facts["rules"].push_back(name);
  return facts;
}

TaskStrata strata_of_test(const TaskData& data) {
  if (data.strata.empty()) return {};
  TaskStrata strata{.columns = data.strata,
                    .values = std::vector<std::vector<std::string>>(data.strata.size())};
  for (const int64_t index : choose_test(data, 0)) {
    for (size_t column = 0; column < data.strata.size(); ++column)
      strata.values[column].push_back(data.test[index].strata.at(column));
  }
  return strata;
}

}  // namespace dovetail
