// SPDX-License-Identifier: Apache-2.0
#include "tasks/adaptation_tasks.h"

#include <algorithm>
#include <functional>
#include <unordered_set>

#include "base/data_folder.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/names.h"
#include "base/random.h"
#include "base/text.h"
#include "tasks/find_task.h"

namespace dovetail {

namespace {

struct Triple {
  uint64_t key;
  std::string head, relation, tail;
};

// The triples of one split by relation; those of a relation in the order of their hashes.
std::map<std::string, std::vector<Triple>> shuffled_triples(const TaskData& task,
                                                            const std::vector<Example>& side,
                                                            uint64_t seed) {
  if (task.relations.empty()) {
    throw_<ConfigError>(
        "task {} has one relation; the splitter and the classifier need a card "
        "with relation = \"*\"",
        task.name);
  }
  const uint64_t key = derive_seed(seed, "adaptation triples");
  std::map<std::string, std::vector<Triple>> triples;
  for (const Example& example : side) {
    const size_t end = example.source.find(kRelationEnd);
    DOVETAIL_CHECK(end != std::string::npos);
    const std::string relation = example.source.substr(0, end);
    const std::string head = example.source.substr(end + kRelationEnd.size());
    for (const std::string& tail : example.references) {
      const uint64_t hash = hash64(example.source + '\0' + tail, key);
      triples[relation].push_back({hash, head, relation, tail});
    }
  }
  for (auto& [relation, some] : triples) {
    std::sort(some.begin(), some.end(), [](const Triple& a, const Triple& b) {
      return std::tie(a.key, a.head, a.tail) < std::tie(b.key, b.head, b.tail);
    });
  }
  return triples;
}

using MakeExample = std::function<Example(const Triple&)>;

// Draws the examples. No source occurs twice, because two relations may be worded alike.
std::vector<Example> draw(const TaskData& task, const std::vector<Example>& side, uint64_t seed,
                          const std::vector<std::string>& relations, int64_t rows,
                          const MakeExample& make_example) {
  const auto triples = shuffled_triples(task, side, seed);
  std::vector<Example> examples;
  std::unordered_set<std::string> seen;
  for (const std::string& relation : relations) {
    const auto found = triples.find(relation);
    if (found == triples.end()) continue;
    int64_t drawn = 0;
    for (const Triple& triple : found->second) {
      if (drawn == rows) break;
      Example example = make_example(triple);
      if (!seen.insert(example.source).second) continue;
      example.fields["relation"] = relation;
      examples.push_back(std::move(example));
      ++drawn;
    }
  }
  if (examples.empty()) {
    std::vector<std::string> known;
    for (const auto& [relation, some] : triples) known.push_back(relation);
    throw_<ConfigError>("task {} has none of the relations {}; it has {}", task.name,
                        join(relations, ", "), join(known, ", "));
  }
  return examples;
}

// Puts the head in the place of {source}, else before the phrase.
std::string said_with(const std::string& phrase, const std::string& head) {
  constexpr std::string_view kSource = "{source}";
  const size_t at = phrase.find(kSource);
  if (at == std::string::npos) return head + " " + phrase;
  return phrase.substr(0, at) + head + phrase.substr(at + kSource.size());
}

constexpr int64_t kVersion = 2;     // raise it when these tasks change
constexpr int64_t kTestRows = 100;  // a relation, as published

// The parts of "splitter-500-without-xNeed:CARD.toml".
struct AdaptationTaskName {
  std::string model;     // splitter or classifier
  int64_t rows = 0;      // a relation
  std::string left_out;  // "": none
  std::string graph;     // the card
};

AdaptationTaskName parse_name(const std::string& name) {
  const size_t colon = name.find(':');
  const std::vector<std::string> words = split(name.substr(0, colon), '-');
  const bool is_number =
      words.size() > 1 && !words[1].empty() && words[1].size() < 10 &&
      std::ranges::all_of(words[1], [](unsigned char c) { return std::isdigit(c); });
  const bool is_whole = words.size() == 2 || (words.size() == 4 && words[2] == "without");
  if (colon == std::string::npos || !is_number || !is_whole) {
    throw_<ConfigError>(
        "expected a training task such as {0}-500:CARD.toml or {0}-500-without-xNeed:CARD.toml "
        "(triples a relation, and a card of all relations), found \"{1}\"",
        words[0], name);
  }
  return {.model = words[0],
          .rows = std::stoll(words[1]),
          .left_out = words.size() == 4 ? words[3] : "",
          .graph = name.substr(colon + 1)};
}

TaskData load_adaptation_task(const AdaptationTaskName& name, const TaskData& graph) {
  RelationGroups groups = load_relation_groups();
  std::erase(groups.classifier_train, name.left_out);
  std::erase(groups.splitter, name.left_out);
  if (name.model == "classifier") return classifier_task(graph, groups, name.rows, kTestRows);
  return splitter_task(graph, groups, load_verbalizer("atomic2020_sentences"), name.rows,
                       kTestRows);
}

std::string adaptation_task_fingerprint(const AdaptationTaskName& name,
                                        const std::string& graph_fingerprint) {
  std::string all = fmt::format("{} {} {} {} {}\n", name.model, kVersion, name.rows, name.left_out,
                                graph_fingerprint);
  for (const char* file : {"relation_groups/mto.toml", "verbalizers/atomic2020_sentences.toml"}) {
    all += read_file(data_folder() / file);
  }
  return content_hash(all);
}

}  // namespace

bool is_adaptation_task(const std::string& name) {
  return name.starts_with("splitter-") || name.starts_with("classifier-");
}

Task adaptation_task(const std::string& full_name) {
  const AdaptationTaskName name = parse_name(full_name);
  const Task graph = find_task(name.graph);
  return {.name = name.model,
          .kind = "reading",
          .description = name.model == "splitter" ? "where a sentence divides into head and tail"
                                                  : "whether a triple is Filling or Mapping",
          .source = graph.source,
          .load = [=] { return load_adaptation_task(name, graph.load()); },
          .fingerprint = [=] { return adaptation_task_fingerprint(name, graph.fingerprint()); }};
}

TaskData splitter_task(const TaskData& graph, const RelationGroups& groups,
                       const Verbalizer& sentences, int64_t train_rows, int64_t test_rows,
                       uint64_t seed) {
  const auto make_example = [&](const Triple& triple) {
    const std::string head = said_with(sentences.phrase(triple.relation), triple.head);
    return Example{.source = collapse_whitespace(head + " " + triple.tail),
                   .references = {triple.tail}};
  };
  const auto side = [&](const std::vector<Example>& examples, int64_t rows) {
    return draw(graph, examples, seed, groups.splitter, rows, make_example);
  };
  return {.name = graph.name + "/splitter",
          .prefix = "splitter",
          .phrase = "{source}",
          .kind = "reading",
          .train = side(graph.train, train_rows),
          .test = side(graph.test, test_rows),
          .layout = Layout::text};
}

TaskData classifier_task(const TaskData& graph, const RelationGroups& groups, int64_t train_rows,
                         int64_t test_rows, uint64_t seed) {
  const std::vector<std::string> labels{kFilling, kMapping};
  const auto make_example = [&](const Triple& triple) {
    const std::string& group = groups.group(triple.relation);
    return Example{.source = fmt::format("head: {} tail: {}", triple.head, triple.tail),
                   .references = {group},
                   .answer = group == kFilling ? 0 : 1};
  };
  // laid out as a relation, since a classification would be worded by a verbalizer of its own
  TaskData data{
      .name = graph.name + "/classifier",
      .prefix = "task-clf",
      .phrase = "{source}",
      .kind = "reading",
      .train = draw(graph, graph.train, seed, groups.classifier_train, train_rows, make_example),
      .test = draw(graph, graph.test, seed, groups.classifier_test, test_rows, make_example),
      .labels = labels};
  for (Example& example : data.test) {
    const auto& trained = groups.classifier_train;
    const bool seen =
        std::find(trained.begin(), trained.end(), example.fields["relation"]) != trained.end();
    example.fields["unseen"] = seen ? "no" : "yes";
  }
  return data;
}

}  // namespace dovetail
