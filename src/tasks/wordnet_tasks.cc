// SPDX-License-Identifier: Apache-2.0
#include "tasks/wordnet_tasks.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "base/hash.h"
#include "examples/verbalizer.h"
#include "tasks/wordnet_reading.h"
#include "tasks/wordnet_relations.h"
#include "tasks/wordnet_split.h"

namespace dovetail {

namespace {

// Raise it when examples, their wording or their splits change.
constexpr const char* kCut = "wordnet 1";

// Collects one example for each source, in order of first occurrence, with its references.
class Collector {
 public:
  void add(const std::string& source, const std::string& reference) {
    const auto [found, is_new] = position_.try_emplace(source, examples_.size());
    if (is_new) examples_.push_back({source, {}});
    std::vector<std::string>& references = examples_[found->second].references;
    if (std::find(references.begin(), references.end(), reference) == references.end()) {
      references.push_back(reference);
    }
  }
  std::vector<Example> take() { return std::move(examples_); }

 private:
  std::vector<Example> examples_;
  std::unordered_map<std::string, size_t> position_;
};

std::vector<Example> collect_facts(const std::vector<WordNetFact>& facts) {
  Collector collector;
  for (const WordNetFact& fact : facts) collector.add(fact.head_sense, fact.tail);
  return collector.take();
}

std::vector<Example> collect_side(const WordNet& wordnet, const ReadingTask& task,
                                  const std::vector<bool>& sides, bool test) {
  std::vector<const Synset*> synsets;
  for (size_t i = 0; i < sides.size(); ++i) {
    if (sides[i] == test) synsets.push_back(&wordnet.synsets()[i]);
  }
  Collector collector;
  for (const auto& [source, reference] : task.examples(wordnet, synsets)) {
    collector.add(source, reference);
  }
  return collector.take();
}

TaskData empty_data(const Task& task, const std::string& prefix) {
  return {.name = task.name,
          .prefix = prefix,
          .phrase = load_verbalizer("wordnet").phrase(prefix),
          .kind = task.kind,
          .train = {},
          .test = {}};
}

Task describe(const std::string& last_part, const std::string& kind, std::string description) {
  Task task{.name = "wordnet/" + last_part,
            .kind = kind,
            .description = std::move(description),
            .source = "WordNet 3.0, Debian package wordnet-base, WordNet licence of Princeton",
            .load = {},
            .fingerprint = {}};
  task.fingerprint = [name = task.name, last_part] {
    const std::string phrase = load_verbalizer("wordnet").phrase(last_part);
    return content_hash(wordnet_fingerprint() + '\n' + kCut + '\n' + name + '\n' + phrase);
  };
  return task;
}

Task relation_task(const WordNetRelation& relation) {
  Task task = describe(relation.task, relation.kind, relation.description);
  task.load = [task, &relation] {
    TaskData data = empty_data(task, relation.task);
    const SplitFacts facts = split_facts(shared_wordnet(), relation);
    data.train = collect_facts(facts.train);
    data.test = collect_facts(facts.test);
    return data;
  };
  return task;
}

Task reading_task(const ReadingTask& reading) {
  Task task = describe(reading.name, "reading", reading.description);
  task.load = [task, &reading] {
    TaskData data = empty_data(task, reading.name);
    const WordNet& wordnet = shared_wordnet();
    const std::vector<bool> sides = text_sides(wordnet);
    data.train = collect_side(wordnet, reading, sides, false);
    data.test = collect_side(wordnet, reading, sides, true);
    return data;
  };
  return task;
}

}  // namespace

std::vector<Task> wordnet_tasks() {
  std::vector<Task> tasks;
  for (const WordNetRelation& relation : wordnet_relations()) {
    tasks.push_back(relation_task(relation));
  }
  for (const ReadingTask& reading : wordnet_reading_tasks()) {
    tasks.push_back(reading_task(reading));
  }
  return tasks;
}

}  // namespace dovetail
