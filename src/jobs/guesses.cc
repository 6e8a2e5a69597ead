// SPDX-License-Identifier: Apache-2.0
#include "jobs/guesses.h"

#include <algorithm>
#include <map>
#include <span>

#include "jobs/evaluate.h"

namespace dovetail {

namespace {

// Characters of UTF-8: bytes that continue none.
int64_t letters_of(const std::string& text) {
  return std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
}

}  // namespace

std::vector<std::string> most_frequent_positions(const TaskData& task, const Subset& subset,
                                                 const std::vector<int64_t>& test) {
  std::vector<int64_t> counts;
  for (const int64_t index : subset.examples) {
    const auto answer = static_cast<size_t>(std::max<int64_t>(0, task.train[index].answer));
    if (answer >= counts.size()) counts.resize(answer + 1);
    ++counts[answer];
  }
  std::vector<std::string> answers;
  for (const int64_t index : test) {
    const std::vector<std::string>& choices = choices_of(task, task.test[index]);
    const std::span<const int64_t> own =
        std::span(counts).first(std::min(counts.size(), choices.size()));
    answers.push_back(choices.at(std::ranges::max_element(own) - own.begin()));
  }
  return answers;
}

std::vector<std::string> longest_choices(const TaskData& task, const std::vector<int64_t>& test) {
  std::vector<std::string> answers;
  for (const int64_t index : test) {
    const std::vector<std::string>& choices = choices_of(task, task.test[index]);
    answers.push_back(*std::ranges::max_element(choices, {}, letters_of));
  }
  return answers;
}

namespace {

using AnswerCounts = std::map<std::string, int64_t>;  // ordered: spelling decides between equals

const std::string& most_frequent(const AnswerCounts& counts) {
  return std::ranges::max_element(counts, {}, [](const auto& of) { return of.second; })->first;
}

}  // namespace

std::vector<std::string> most_frequent_in_stratum(const TaskData& task, const Subset& subset,
                                                  const std::vector<int64_t>& test) {
  std::map<std::string, AnswerCounts> by_stratum;
  AnswerCounts all;
  for (const int64_t index : subset.examples) {
    const Example& example = task.train[index];
    ++by_stratum[example.strata.at(0)][example.references[0]];
    ++all[example.references[0]];
  }
  std::vector<std::string> answers;
  for (const int64_t index : test) {
    const auto own = by_stratum.find(task.test[index].strata.at(0));
    answers.push_back(most_frequent(own == by_stratum.end() ? all : own->second));
  }
  return answers;
}

std::vector<std::string> answers_by_rule(const TaskData& task, const std::string& rule,
                                         const std::string& otherwise,
                                         const std::vector<int64_t>& test) {
  std::vector<std::string> answers;
  for (const int64_t index : test)
    answers.push_back(task.rules.at(rule)(task.test[index]).value_or(otherwise));
  return answers;
}

void score_chance(const TaskData& task, const std::vector<int64_t>& test,
                  const std::vector<std::string>& metrics, Record& record) {
  std::vector<int64_t> examples;
  std::vector<std::string> picked;  // every choice of every example
  for (const int64_t index : test) {
    for (const std::string& choice : choices_of(task, task.test[index])) {
      examples.push_back(index);
      picked.push_back(choice);
    }
  }
  std::vector<std::string> means;
  for (const std::string& name : metrics)
    if (!find_metric(name).corpus_level()) means.push_back(name);
  Record each;
  score_predictions(task, examples, picked, means, each);
  for (const auto& [name, scores] : each.per_example) {
    std::vector<float>& expected = record.per_example[name];
    double sum = 0;
    size_t next = 0;
    for (const int64_t index : test) {
      const size_t count = choices_of(task, task.test[index]).size();
      double total = 0;
      for (const size_t end = next + count; next < end; ++next) total += scores[next];
      sum += total / static_cast<double>(count);
      expected.push_back(static_cast<float>(total / static_cast<double>(count)));
    }
    record.metrics[name] = sum / static_cast<double>(test.size());
  }
}

}  // namespace dovetail
