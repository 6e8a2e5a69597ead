// SPDX-License-Identifier: Apache-2.0
#include "tasks/find_task.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"
#include "cards/card_files.h"
#include "cards/card_load.h"
#include "tasks/adaptation_tasks.h"

namespace dovetail {

#define TASK_FAMILY(name) std::vector<Task> name();
#include "tasks/tasks.inc"
#undef TASK_FAMILY

namespace {

std::vector<Task> make_catalogue() {
  std::vector<Task> all;
  const auto add = [&](std::vector<Task> family) {
    std::move(family.begin(), family.end(), std::back_inserter(all));
  };
#define TASK_FAMILY(name) add(name());
#include "tasks/tasks.inc"
#undef TASK_FAMILY
  std::sort(all.begin(), all.end(), [](const Task& a, const Task& b) { return a.name < b.name; });
  for (size_t i = 1; i < all.size(); ++i) DOVETAIL_CHECK(all[i - 1].name != all[i].name);
  return all;
}

}  // namespace

const std::vector<Task>& tasks() {
  static const std::vector<Task> all = make_catalogue();
  return all;
}

Task find_task(const std::string& name_or_card) {
  if (is_adaptation_task(name_or_card)) return adaptation_task(name_or_card);
  if (name_or_card.substr(0, name_or_card.find('#')).ends_with(".toml")) {
    return card_task(name_or_card);
  }
  std::vector<std::string> known;
  for (const Task& task : tasks()) {
    if (task.name == name_or_card) return task;
    known.push_back(task.name);
  }
  for (const std::string& card : shipped_cards()) known.push_back(card);
  throw_<ConfigError>("unknown task \"{}\": {}; or name a data set card, FILE.toml", name_or_card,
                      did_you_mean(name_or_card, known));
}

}  // namespace dovetail
