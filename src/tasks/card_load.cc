// SPDX-License-Identifier: Apache-2.0
// Reads the files of a card and checks them against one another.
#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/error.h"
#include "base/hash.h"
#include "base/names.h"
#include "tasks/card.h"

namespace dovetail {

namespace {

// Raise it when the same card and files come to mean other examples.
constexpr const char* kReaderVersion = "card 1";

// One file of the card with its part of the report.
struct Part {
  std::filesystem::path file;
  SplitRows rows;
  size_t report = 0;  // position in DataReport::files
};

Part read_part(const CardTask& task, const Card::Split& split, const std::string& name,
               DataReport& report) {
  RowSink sink(task.importer.rules, split.rows, name, report);
  task.importer.read(split, sink);
  Part part{.file = split.rows, .rows = sink.finish(), .report = report.files.size() - 1};
  if (part.rows.examples.empty()) {
    throw_<DataError>("{}: no row is left for task {}{}", part.file.string(), task.card.name,
                      report.problems.empty() ? "" : "; the first bad one: " + report.problems[0]);
  }
  return part;
}

const char* noun_of(Layout layout) {
  switch (layout) {
    case Layout::relation: return "head";
    case Layout::question: return "question";
    case Layout::classification:
    case Layout::text: return "text";
  }
  return "source";
}

struct Leaks {
  std::vector<bool> first, second;               // which examples are in both
  int64_t count = 0;                             // of the second
  size_t first_example = 0, second_example = 0;  // one of them
};

Leaks find_leaks(const SplitRows& first, const SplitRows& second) {
  Leaks leaks{.first = std::vector<bool>(first.examples.size()),
              .second = std::vector<bool>(second.examples.size())};
  std::unordered_multimap<std::string, size_t> known;
  for (size_t i = 0; i < first.examples.size(); ++i) known.emplace(leak_key(first.examples[i]), i);
  for (size_t i = 0; i < second.examples.size(); ++i) {
    const auto [begin, end] = known.equal_range(leak_key(second.examples[i]));
    if (begin == end) continue;
    leaks.second[i] = true;
    for (auto found = begin; found != end; ++found) {
      leaks.first[found->second] = true;
      if (leaks.count == 0) leaks.first_example = found->second;
    }
    if (leaks.count++ == 0) leaks.second_example = i;
  }
  return leaks;
}

int64_t drop(SplitRows& rows, const std::vector<bool>& dropped) {
  size_t kept = 0;
  for (size_t i = 0; i < rows.examples.size(); ++i) {
    if (dropped[i]) continue;
    if (kept != i) rows.examples[kept] = std::move(rows.examples[i]);
    rows.lines[kept++] = rows.lines[i];
  }
  const auto gone = static_cast<int64_t>(rows.examples.size() - kept);
  rows.examples.resize(kept);
  rows.lines.resize(kept);
  return gone;
}

// A test example that was trained on measures memory. `first` is the split nearer to training.
void settle_leaks(const CardTask& task, Part& first, Part& second, DataReport& report) {
  const Leaks leaks = find_leaks(first.rows, second.rows);
  if (leaks.count == 0) return;
  if (task.card.leaks == Card::Leaks::refuse) {
    const char* noun = noun_of(task.importer.rules.layout);
    report.refusals.push_back(fmt::format(
        "{}:{}: {} \"{}\" is also at {}:{}; {} {}s of {} are in both files, which leaks: remove "
        "them from one, or set leaks = \"drop_from_train\"",
        second.file.string(), second.rows.lines[leaks.second_example], noun,
        second.rows.examples[leaks.second_example].source, first.file.string(),
        first.rows.lines[leaks.first_example], leaks.count, noun, task.card.name));
    return;
  }
  const bool from_first = task.card.leaks == Card::Leaks::drop_from_train;
  Part& part = from_first ? first : second;
  const int64_t gone = drop(part.rows, from_first ? leaks.first : leaks.second);
  report.files[part.report].leaks += gone;
  report.notes.push_back(fmt::format("{}: {} examples removed, which {} has too",
                                     part.file.string(), gone,
                                     (from_first ? second : first).file.string()));
  if (part.rows.examples.empty()) {
    throw_<DataError>("{}: no example is left of {}: {} has them all", part.file.string(),
                      task.card.name, (from_first ? second : first).file.string());
  }
}

// By a hash of the source, so that neither the order of the file nor a seed decides.
void split_by_source(const CardTask& task, std::vector<Example> all, TaskData& data) {
  const auto key_of = task.importer.split_key;
  std::set<std::pair<uint64_t, std::string>> keys;
  for (const Example& example : all) {
    const std::string key = key_of(example);
    keys.emplace(hash64(key), key);
  }
  const auto total = static_cast<int64_t>(keys.size());
  const int64_t wanted =
      std::max<int64_t>(1, std::llround(task.card.test_fraction * static_cast<double>(total)));
  if (wanted >= total) {
    throw_<DataError>("{}: {} {}s are too few to hold out {} for the test",
                      task.card.train.rows.string(), total, noun_of(task.importer.rules.layout),
                      wanted);
  }
  std::unordered_set<std::string> test;
  for (auto key = keys.begin(); static_cast<int64_t>(test.size()) < wanted; ++key) {
    test.insert(key->second);
  }
  for (Example& example : all) {
    (test.contains(key_of(example)) ? data.test : data.train).push_back(std::move(example));
  }
}

void refuse_bad_rows(const Card& card, DataReport& report) {
  int64_t bad = 0;
  for (const FileReport& file : report.files) bad += file.bad_rows();
  if (bad == 0 || !card.refuse_bad_rows) return;
  std::string list;
  for (const std::string& problem : report.problems) list += "\n  " + problem;
  report.refusals.push_back(fmt::format("{}: {} bad rows; mend them, or set bad_rows = \"skip\":{}",
                                        card.file.string(), bad, list));
}

int64_t count_references(const std::vector<Example>& examples) {
  int64_t count = 0;
  for (const Example& example : examples) count += static_cast<int64_t>(example.references.size());
  return count;
}

int64_t count_shared(const Importer& importer, const TaskData& data) {
  std::unordered_set<std::string> train, shared;
  for (const Example& example : data.train) train.insert(importer.split_key(example));
  for (const Example& example : data.test) {
    const std::string key = importer.split_key(example);
    if (train.contains(key)) shared.insert(key);
  }
  return static_cast<int64_t>(shared.size());
}

void summarise(const CardTask& task, LoadedCard& loaded) {
  DataReport& report = loaded.report;
  report.train_examples = static_cast<int64_t>(loaded.data.train.size());
  report.test_examples = static_cast<int64_t>(loaded.data.test.size());
  report.dev_examples = static_cast<int64_t>(loaded.dev.size());
  report.train_references = count_references(loaded.data.train);
  report.test_references = count_references(loaded.data.test);
  report.dev_references = count_references(loaded.dev);
  report.shared_sources = count_shared(task.importer, loaded.data);
  if (report.test_examples < kFewTestExamples) {
    report.notes.push_back(
        fmt::format("the test has only {} examples: all that its file holds for {}; none is taken "
                    "from train to make up for it",
                    report.test_examples, task.card.name));
  }
}

// Where the card gives no words for the labels, the file's own, in the order of the alphabet.
void number_labels(const RowRules& rules, LoadedCard& loaded) {
  if (rules.layout != Layout::classification) return;
  std::vector<std::string>& labels = loaded.data.labels;
  std::set<std::string> found;
  for (auto* side : {&loaded.data.train, &loaded.data.test, &loaded.dev}) {
    for (const Example& example : *side) found.insert(example.references[0]);
  }
  for (const auto& [raw, word] : rules.labels) labels.push_back(word);
  if (labels.empty()) labels.assign(found.begin(), found.end());
  for (auto* side : {&loaded.data.train, &loaded.data.test, &loaded.dev}) {
    for (Example& example : *side) {
      example.answer =
          std::find(labels.begin(), labels.end(), example.references[0]) - labels.begin();
    }
  }
}

std::string card_fingerprint(const CardTask& task) {
  const auto hash_of = [](const std::filesystem::path& file) {
    return file.empty() ? "" : file_hash(file);
  };
  const auto hashes_of = [&](const std::optional<Card::Split>& split) {
    return split ? nlohmann::json{hash_of(split->rows), hash_of(split->answers)} : nlohmann::json();
  };
  // Neither paths nor the card's name for itself: the same data elsewhere is the same task.
  const Card& card = task.card;
  nlohmann::json content = {{"reader", kReaderVersion},
                                  {"kind", card.kind},
                                  {"train", hashes_of(card.train)},
                                  {"test", hashes_of(card.test)},
                                  {"dev", hashes_of(card.dev)},
                                  {"test_fraction", card.test_fraction},
                                  {"validate_on_dev", card.validate_on_dev},
                                  {"keep_duplicates", card.keep_duplicates},
                                  {"leaks", static_cast<int>(card.leaks)},
                                  {"prefix", card.prefix},
                                  {"phrase", card.phrase},
                                  {"labels", task.importer.rules.labels},
                                  {"drop_targets", task.importer.rules.drop_targets},
                                  {"settings", task.importer.settings}};
  const int64_t longest = task.importer.rules.longest_answer;
  if (longest > 0) content["longest_answer"] = longest;
  return content_hash(content.dump());
}

}  // namespace

LoadedCard examine_card(const CardTask& task) {
  const Card& card = task.card;
  LoadedCard loaded;
  loaded.report.name = card.name;
  Part train = read_part(task, card.train, "train", loaded.report);
  Part test, dev;
  if (card.test) test = read_part(task, *card.test, "test", loaded.report);
  if (card.dev) dev = read_part(task, *card.dev, "dev", loaded.report);
  if (card.dev) settle_leaks(task, train, dev, loaded.report);
  if (card.test) settle_leaks(task, train, test, loaded.report);
  if (card.dev && card.test) settle_leaks(task, dev, test, loaded.report);
  refuse_bad_rows(card, loaded.report);
  if (card.test) {
    loaded.data.train = std::move(train.rows.examples);
    loaded.data.test = std::move(test.rows.examples);
  } else {
    split_by_source(task, std::move(train.rows.examples), loaded.data);
  }
  loaded.dev = std::move(dev.rows.examples);
  loaded.data.name = card.name;
  loaded.data.kind = card.task_kind;
  loaded.data.layout = task.importer.rules.layout;
  loaded.data.prefix = card.prefix;
  loaded.data.phrase = card.phrase;
  number_labels(task.importer.rules, loaded);
  task.importer.describe(loaded.data);
  if (card.validate_on_dev) loaded.data.validation = loaded.dev;
  summarise(task, loaded);
  return loaded;
}

LoadedCard load_card(const CardTask& task) {
  LoadedCard loaded = examine_card(task);
  if (!loaded.report.refusals.empty()) {
    throw_<DataError>("{}", join(loaded.report.refusals, "\n"));
  }
  return loaded;
}

DataReport verify_task(const std::string& name) {
  const bool is_card = parse_card_name(name).file.ends_with(".toml");
  std::optional<CardTask> card;
  if (is_card) card = read_card(name);
  LoadedCard loaded;
  loaded.report.name = card ? card->card.name : name;
  try {
    if (card) return examine_card(*card).report;
    loaded.data = find_task(name).load();
  } catch (const DataError& error) {
    loaded.report.refusals.push_back(error.what());
    return loaded.report;
  }
  summarise({.card = {.name = name}}, loaded);
  return loaded.report;
}

Task card_task(const std::string& name) {
  const auto task = std::make_shared<const CardTask>(read_card(name));
  return {.name = task->card.name,
          .kind = task->card.task_kind,
          .description = task->card.description,
          .source = task->card.source,
          .load = [task] { return load_card(*task).data; },
          .fingerprint = [task] { return card_fingerprint(*task); }};
}

}  // namespace dovetail
