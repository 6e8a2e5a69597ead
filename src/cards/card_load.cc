// SPDX-License-Identifier: Apache-2.0
#include "cards/card_load.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "base/hash.h"
#include "base/names.h"
#include "cards/data_notes.h"
#include "cards/leaks.h"
#include "tables/data_file.h"

namespace dovetail {

namespace {

// Raise it when the same card and files give other examples.
constexpr const char* kReaderVersion = "card 1";

SplitPart read_part(const CardTask& task, const Card::Split& split, const std::string& name,
                    DataReport& report) {
  ExampleImporter sink(task.importer.rules, split.rows, name, report);
  task.importer.read(split, sink);
  SplitPart part{.file = split.rows, .rows = sink.finish(), .report = report.files.size() - 1};
  if (part.rows.examples.empty()) {
    throw_<DataError>("{}: no row is left for task {}{}", part.file.string(), task.card.name,
                      report.problems.empty() ? "" : "; the first bad one: " + report.problems[0]);
  }
  return part;
}

// Splits by a hash of the source, so that neither the order of the file nor a seed matters.
SplitPart split_by_source(const CardTask& task, SplitPart& train) {
  const auto key_of = task.importer.split_key;
  std::set<std::pair<uint64_t, std::string>> keys;
  for (const Example& example : train.rows.examples) {
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
  std::unordered_set<std::string> held_out;
  for (auto key = keys.begin(); static_cast<int64_t>(held_out.size()) < wanted; ++key) {
    held_out.insert(key->second);
  }
  SplitPart test{.file = train.file, .rows = {}, .report = train.report};
  SplitRows all = std::exchange(train.rows, {});
  for (size_t i = 0; i < all.examples.size(); ++i) {
    SplitRows& side = (held_out.contains(key_of(all.examples[i])) ? test : train).rows;
    side.examples.push_back(std::move(all.examples[i]));
    side.lines.push_back(all.lines[i]);
  }
  return test;
}

int64_t count_references(const std::vector<Example>& examples) {
  int64_t count = 0;
  for (const Example& example : examples) count += static_cast<int64_t>(example.references.size());
  return count;
}

// A misspelt label becomes a label of its own where the card does not list the labels.
void note_lone_labels(DataReport& report) {
  std::string lone;
  size_t count = 0;
  for (const LabelReport& label : report.labels) {
    if ((label.train > 0) + (label.test > 0) + (label.dev > 0) != 1 || ++count > kMaxProblems)
      continue;
    const char* split = label.train > 0 ? "train" : label.test > 0 ? "test" : "dev";
    lone += fmt::format("{}\"{}\" ({}, {} examples)", lone.empty() ? "" : ", ", label.label, split,
                        label.train + label.test + label.dev);
  }
  if (count == 0) return;
  if (count > kMaxProblems) lone += fmt::format(" and {} more", count - kMaxProblems);
  report.notes.push_back(
      fmt::format("only one split has the label {}; correct it if it is misspelt. With "
                  "the key labels in the card, an unknown label is a bad row",
                  lone));
}

void count_labels(LoadedCard& loaded) {
  std::vector<LabelReport>& labels = loaded.report.labels;
  for (const std::string& label : loaded.data.labels) labels.push_back({.label = label});
  const auto count = [&](const std::vector<Example>& examples, int64_t LabelReport::*split) {
    for (const Example& example : examples) ++(labels.at(example.answer).*split);
  };
  if (loaded.data.layout != Layout::classification) return;
  count(loaded.data.train, &LabelReport::train);
  count(loaded.data.test, &LabelReport::test);
  count(loaded.dev, &LabelReport::dev);
  note_lone_labels(loaded.report);
}

// Numbers the labels: in the order of the card, else the file's own in alphabetical order.
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
    return file.empty() ? "" : data_file_hash(file);
  };
  const auto hashes_of = [&](const std::optional<Card::Split>& split) {
    return split ? nlohmann::json{hash_of(split->rows), hash_of(split->answers)} : nlohmann::json();
  };
  // neither paths nor names: the same data elsewhere are the same task
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
  if (!task.importer.strata.empty()) content["strata"] = task.importer.strata;
  if (!card.train.encoding.empty()) content["encoding"] = card.train.encoding;
  const int64_t longest = task.importer.rules.longest_answer;
  if (longest > 0) content["longest_answer"] = longest;
  return content_hash(content.dump());
}

// `for_report` adds notes that only a reader of the report needs; jobs load the data without them.
LoadedCard read_splits(const CardTask& task, bool for_report) {
  const Card& card = task.card;
  LoadedCard loaded;
  loaded.report.name = card.name;
  SplitPart train = read_part(task, card.train, "train", loaded.report);
  SplitPart test, dev;
  if (card.test) test = read_part(task, *card.test, "test", loaded.report);
  if (card.dev) dev = read_part(task, *card.dev, "dev", loaded.report);
  if (card.dev) settle_leaks(task, train, dev, loaded.report);
  if (card.test) settle_leaks(task, train, test, loaded.report);
  if (card.dev && card.test) settle_leaks(task, dev, test, loaded.report);
  refuse_bad_rows(card, loaded.report);
  if (!card.test) test = split_by_source(task, train);
  if (for_report && card.dev) note_other_case(task, train, dev, loaded.report);
  if (for_report) note_other_case(task, train, test, loaded.report);
  if (for_report && card.dev) note_other_case(task, dev, test, loaded.report);
  loaded.data.train = std::move(train.rows.examples);
  loaded.data.test = std::move(test.rows.examples);
  loaded.test_file = test.file;
  loaded.test_lines = std::move(test.rows.lines);
  loaded.dev = std::move(dev.rows.examples);
  loaded.data.name = card.name;
  loaded.data.kind = card.task_kind;
  loaded.data.layout = task.importer.rules.layout;
  loaded.data.prefix = card.prefix;
  loaded.data.phrase = card.phrase;
  loaded.data.strata = task.importer.strata;
  number_labels(task.importer.rules, loaded);
  if (card.validate_on_dev) loaded.data.validation = loaded.dev;
  task.importer.describe(loaded.data);
  fold_notes(card, loaded.report.notes);
  loaded.data.notes = notes_for_readers(card, loaded.report);
  count_examples(task, loaded);
  return loaded;
}

}  // namespace

void count_examples(const CardTask& task, LoadedCard& loaded) {
  DataReport& report = loaded.report;
  report.train_examples = static_cast<int64_t>(loaded.data.train.size());
  report.test_examples = static_cast<int64_t>(loaded.data.test.size());
  report.dev_examples = static_cast<int64_t>(loaded.dev.size());
  report.train_references = count_references(loaded.data.train);
  report.test_references = count_references(loaded.data.test);
  report.dev_references = count_references(loaded.dev);
  report.shared_sources = count_shared(task.importer, loaded.data);
  count_labels(loaded);
  if (report.test_examples < kFewTestExamples) {
    report.notes.push_back(
        fmt::format("the test has only {}, all that its file holds for {}; none is taken from "
                    "train to make up for it",
                    counted(report.test_examples, "example"), task.card.name));
  }
}

LoadedCard examine_card(const CardTask& task) { return read_splits(task, true); }

LoadedCard load_card(const CardTask& task) {
  LoadedCard loaded = read_splits(task, false);
  if (!loaded.report.refusals.empty()) {
    throw_<DataError>("{}", join(loaded.report.refusals, "\n"));
  }
  return loaded;
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
