// SPDX-License-Identifier: Apache-2.0
// dovetail data verify: checks the files of a task and reports whether they can be used.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "app/commands.h"
#include "app/front/text_output.h"
#include "base/error.h"
#include "cards/data_report.h"
#include "tasks/verify_task.h"

namespace dovetail {

namespace {

struct VerifyOptions {
  std::string task;
  bool json = false;
};

void print_list(const char* title, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  fmt::print("\n{}\n", title);
  for (const std::string& line : lines) fmt::print("  {}\n", line);
}

void print_files(const DataReport& report) {
  if (report.files.empty()) return;
  std::vector<std::vector<std::string>> rows = {
      {"file", "split", "lines", "rows", "kept", "duplicates", "left out", "bad", "leaks"}};
  for (const FileReport& file : report.files) {
    int64_t left_out = 0;
    for (const auto& [why, count] : file.left_out) left_out += count;
    rows.push_back({file.file, file.split});
    for (const int64_t count : {file.lines, file.rows, file.kept, file.duplicates, left_out,
                                file.bad_rows(), file.leaks}) {
      rows.back().push_back(fmt::format("{}", count));
    }
  }
  fmt::print("\n");
  print_columns(rows);
  std::vector<std::string> classes;
  for (const FileReport& file : report.files) {
    for (const auto* counts : {&file.left_out, &file.bad}) {
      for (const auto& [what, count] : *counts) {
        classes.push_back(fmt::format("{}: {} {}{}", file.file, count, what,
                                      counts == &file.left_out ? " (left out)" : ""));
      }
    }
  }
  print_list("Of these", classes);
}

void print_labels(const DataReport& report) {
  if (report.labels.empty()) return;
  constexpr size_t kShown = 50;
  std::vector<std::vector<std::string>> rows = {{"label", "train", "test", "dev"}};
  for (const LabelReport& label : report.labels) {
    if (rows.size() > kShown) break;
    rows.push_back({label.label, std::to_string(label.train), std::to_string(label.test),
                    std::to_string(label.dev)});
  }
  fmt::print("\n");
  print_columns(rows);
  if (report.labels.size() > kShown) {
    fmt::print("  and {} more labels; --json has all\n", report.labels.size() - kShown);
  }
}

int64_t count_bad(const DataReport& report) {
  int64_t count = 0;
  for (const FileReport& file : report.files) count += file.bad_rows();
  return count;
}

void print_report(const DataReport& report) {
  fmt::print("{}: {} training, {} test and {} dev examples ({}, {} and {} references)\n",
             report.name, report.train_examples, report.test_examples, report.dev_examples,
             report.train_references, report.test_references, report.dev_references);
  if (report.shared_sources > 0) {
    fmt::print("{} sources of train are also in test, with another relation or other choices\n",
               report.shared_sources);
  }
  print_files(report);
  print_labels(report);
  const int64_t bad = count_bad(report);
  const auto shown = static_cast<int64_t>(report.problems.size());
  print_list(bad > shown ? "Problems (the first of them)" : "Problems", report.problems);
  print_list("Notes", report.notes);
  print_list("Refused", report.refusals);
}

int verify(const VerifyOptions& options) {
  const DataReport report = verify_task(options.task);
  if (options.json) {
    std::cout << nlohmann::json(report).dump() << '\n';
  } else {
    print_report(report);
  }
  return report.refusals.empty() ? kSuccess : kUserError;
}

}  // namespace

void add_data_verify(CLI::App& data, Action& chosen) {
  const auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = data.add_subcommand(
      "verify",
      "Check a task's files: counts, bad rows with their lines, leaks between splits; exit code 2 "
      "if the data are refused");
  command->add_option("TASK", options->task, "A data set card, or a task's name")->required();
  command->add_flag("--json", options->json, "One JSON object instead of text");
  command->footer("Example: dovetail data verify my-data.toml");
  command->callback([options, &chosen] { chosen = [options] { return verify(*options); }; });
}

}  // namespace dovetail
