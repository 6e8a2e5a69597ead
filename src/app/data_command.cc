// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "app/commands.h"
#include "app/front/text_output.h"
#include "base/error.h"
#include "cards/card_files.h"
#include "examples/task.h"
#include "tasks/find_task.h"

namespace dovetail {

namespace {

int print_tasks() {
  std::vector<std::vector<std::string>> rows;
  for (const Task& task : tasks()) rows.push_back({task.name, task.kind, task.description});
  print_columns(rows);
  fmt::print("\nA sweep may also name a data set card (FILE.toml); the project has {}.\n",
             fmt::join(shipped_cards(), ", "));
  return kSuccess;
}

}  // namespace

void add_data(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("data", "Data sets, and how a model sees them");
  command->require_subcommand(1);
  command->footer("Example: dovetail data show wordnet/antonym --template masked_mapping -n 3");
  CLI::App* list = command->add_subcommand("list", "List the tasks of the catalogue");
  list->footer("Example: dovetail data list");
  list->callback([&chosen] { chosen = print_tasks; });

  add_data_show(*command, chosen);
  add_data_split(*command, chosen);
  add_data_stepgame(*command, chosen);
  add_data_verify(*command, chosen);
}

}  // namespace dovetail
