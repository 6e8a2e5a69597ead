// SPDX-License-Identifier: Apache-2.0
#include "tasks/verify_task.h"

#include <optional>

#include "base/error.h"
#include "cards/card_load.h"
#include "tasks/find_task.h"

namespace dovetail {

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
  count_examples({.card = {.name = name}}, loaded);
  return loaded.report;
}

}  // namespace dovetail
