// SPDX-License-Identifier: Apache-2.0
#include "tasks/verify_task.h"

#include <optional>

#include "base/error.h"
#include "cards/card_load.h"
#include "cards/card_pool.h"
#include "metrics/missing_notes.h"
#include "tasks/find_task.h"

namespace dovetail {

namespace {

// Of the metrics over texts, those that cannot read the test's references.
void note_unreadable(LoadedCard& loaded) {
  SetLetters references;
  for (const Example& example : loaded.data.test) references.add(example.references);
  std::vector<std::string> names;
  for (const Metric& metric : metrics()) names.push_back(metric.name);
  for (std::string& note : missing_notes(names, references, "test examples"))
    loaded.report.notes.push_back(std::move(note));
}

}  // namespace

DataReport verify_task(const std::string& name) {
  const bool is_card = parse_card_name(name).file.ends_with(".toml");
  std::optional<CardTask> card;
  if (is_card) card = read_card(name);
  LoadedCard loaded;
  loaded.report.name = card ? card->card.name : name;
  try {
    if (card) {
      loaded = examine_card(*card);
      examine_card_pool(name, loaded);
    } else {
      loaded.data = find_task(name).load();
    }
  } catch (const DataError& error) {
    loaded.report.refusals.push_back(error.what());
    return loaded.report;
  }
  if (!card) count_examples({.card = {.name = name}}, loaded);
  note_unreadable(loaded);
  return loaded.report;
}

}  // namespace dovetail
