// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "app/commands.h"
#include "app/text_output.h"
#include "base/error.h"
#include "tasks/card.h"
#include "tasks/task.h"
#include "tasks/template.h"

namespace dovetail {

namespace {

struct ShowOptions {
  std::string task;
  std::string form;  // a template's name; "": all of them
  std::string split = "train";
  int64_t count = 5;
};

int list_tasks() {
  std::vector<std::vector<std::string>> rows;
  for (const Task& task : tasks()) rows.push_back({task.name, task.kind, task.description});
  print_columns(rows);
  fmt::print("\nA sweep may also name a data set card (FILE.toml); the project has {}.\n",
             fmt::join(shipped_cards(), ", "));
  return kSuccess;
}

void show_example(const TaskData& data, const Template& form, const Example& example) {
  std::vector<std::vector<std::string>> rows;
  rows.push_back({"source", render(form, data, example.source, example.references[0]).source()});
  for (size_t i = 0; i < example.references.size(); ++i) {
    rows.push_back({i == 0 ? "target" : "   or",
                    render(form, data, example.source, example.references[i]).target});
  }
  print_columns(rows);
}

int show(const ShowOptions& options) {
  const std::vector<Template> forms =
      options.form.empty() ? templates() : std::vector<Template>{find_template(options.form)};
  const TaskData data = find_task(options.task).load();
  const std::vector<Example>& examples = options.split == "test" ? data.test : data.train;

  fmt::print("{}: {} training and {} test examples\n", data.name, data.train.size(),
             data.test.size());
  for (const Template& form : forms) {
    fmt::print("\n{} ({})\n", form.name, form.paper_label);
    const int64_t count = std::min<int64_t>(options.count, examples.size());
    for (int64_t i = 0; i < count; ++i) show_example(data, form, examples[i]);
  }
  return kSuccess;
}

}  // namespace

void add_data(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("data", "Data sets, and what the model will see of them");
  command->require_subcommand(1);
  command->footer("Example: dovetail data show wordnet/antonym --template masked_mapping -n 3");
  CLI::App* list = command->add_subcommand("list", "The tasks of the catalogue");
  list->footer("Example: dovetail data list");
  list->callback([&chosen] { chosen = list_tasks; });

  add_data_split(*command, chosen);
  add_data_verify(*command, chosen);

  const auto options = std::make_shared<ShowOptions>();
  CLI::App* show_command =
      command->add_subcommand("show", "Examples of a task, as each template prints them");
  show_command->add_option("TASK", options->task, "A task's name, or a data set card")->required();
  show_command->add_option("--template", options->form, "Only this template");
  show_command->add_option("--split", options->split, "train or test")
      ->check(CLI::IsMember({"train", "test"}));
  show_command->add_option("-n,--count", options->count, "How many examples")
      ->check(CLI::PositiveNumber);
  show_command->footer(
      "Example: dovetail data show wordnet/antonym --template masked_mapping -n 3");
  show_command->callback([options, &chosen] { chosen = [options] { return show(*options); }; });
}

}  // namespace dovetail
