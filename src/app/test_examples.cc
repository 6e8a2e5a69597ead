// SPDX-License-Identifier: Apache-2.0
#include "app/test_examples.h"

#include <fmt/format.h>

#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "examples/subset.h"
#include "jobs/example_encoder.h"
#include "tasks/find_task.h"
#include "templates/answer.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFile = "test_examples.jsonl";

// A task of the sweep, as its cells load it.
struct SweepTask {
  std::string fingerprint;                         // of the data
  std::string source;                              // what find_task takes
  int64_t num_examples = 0;                        // EvaluateSettings::test_examples
  std::map<std::string, BoundTemplate> templates;  // by label
};

SweepTask& task_of(std::map<std::string, SweepTask>& tasks, const Cell& cell, const Job& job,
                   const TaskSource& source, const EvaluateSettings& evaluate) {
  SweepTask& task = tasks[cell.coordinates[kTask]];
  task.fingerprint = source.fingerprint;
  task.source = job.locations.task.empty() ? source.name : job.locations.task;
  task.num_examples = evaluate.test_examples;
  return task;
}

// Of all that the lines of a task depend on: a sweep that has grown may have further templates.
std::string content_of(const SweepTask& task) {
  std::string content = task.fingerprint;
  for (const auto& [label, tmpl] : task.templates) content += "\n" + label;
  return content_hash(content);
}

std::map<std::string, SweepTask> tasks_of(const Plan& plan) {
  std::map<std::string, SweepTask> tasks;
  for (const Cell& cell : plan.cells) {
    const Job& job = plan.jobs.at(static_cast<size_t>(cell.job));
    if (const auto* tune = std::get_if<TuneJob>(&job.settings)) {
      SweepTask& task = task_of(tasks, cell, job, tune->task, tune->evaluate);
      const std::string& label = cell.coordinates[kTemplate];
      if (!task.templates.contains(label))
        task.templates[label] = template_for(tune->tmpl, tune->tuning);
    } else if (const auto* baseline = std::get_if<BaselineJob>(&job.settings)) {
      task_of(tasks, cell, job, baseline->task, baseline->evaluate);
    }
  }
  return tasks;
}

std::vector<TestExample> from_data(const SweepTask& wanted) {
  const Task task = find_task(wanted.source);
  if (task.fingerprint() != wanted.fingerprint)
    throw_<DataError>("{}: the data have changed since the sweep was run", wanted.source);
  const TaskData data = task.load();
  std::vector<TestExample> examples;
  for (const int64_t index : choose_test(data, wanted.num_examples)) {
    const Example& example = data.test[static_cast<size_t>(index)];
    TestExample shown{example.source, example.references};
    for (const auto& [label, tmpl] : wanted.templates) {
      const std::vector<std::string> own = references_of(tmpl, data, example);
      if (own != example.references) shown.references_under[label] = own;
    }
    examples.push_back(std::move(shown));
  }
  return examples;
}

struct SavedTask {
  std::string fingerprint;
  std::vector<TestExample> examples;
};

// Empty if there is no file, or one that is not as save_test_examples writes it.
std::map<std::string, SavedTask> read_saved(const fs::path& file) {
  std::map<std::string, SavedTask> saved;
  if (!fs::exists(file)) return saved;
  try {
    for_each_line(read_file(file), [&](int64_t, std::string_view line) {
      const Json json = Json::parse(line);
      SavedTask& task = saved[json.at("task")];
      task.fingerprint = json.at("fingerprint");
      TestExample example{json.at("source"), json.at("references")};
      if (json.contains("references_under"))
        json.at("references_under").get_to(example.references_under);
      task.examples.push_back(std::move(example));
    });
  } catch (const Json::exception&) {
    return {};
  }
  return saved;
}

Json json_of(const TestExample& example) {
  Json json{{"source", example.source}, {"references", example.references}};
  if (!example.references_under.empty()) json["references_under"] = example.references_under;
  return json;
}

// Of the task's content and of all its examples in their order, so that a file that was cut, edited
// or sorted is not taken for the test set.
std::string fingerprint_of(const SweepTask& task, const std::vector<TestExample>& examples) {
  std::string content = content_of(task);
  for (const TestExample& example : examples) {
    content += "\n" + json_of(example).dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  return content_hash(content);
}

std::string line_of(const std::string& label, const std::string& fingerprint,
                    const TestExample& example) {
  nlohmann::ordered_json json{{"task", label}, {"fingerprint", fingerprint}};
  json.update(json_of(example));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

SweepTestExamples read_test_examples(const fs::path& folder, const Plan& plan) {
  const std::map<std::string, SavedTask> saved = read_saved(folder / kFile);
  SweepTestExamples found;
  for (const auto& [label, task] : tasks_of(plan)) {
    const auto there = saved.find(label);
    if (there != saved.end() &&
        there->second.fingerprint == fingerprint_of(task, there->second.examples)) {
      found.known[label] = there->second.examples;
      continue;
    }
    try {
      found.known[label] = from_data(task);
    } catch (const std::runtime_error& error) {  // of the user's files or of the disk
      found.unknown[label] = error.what();
    }
  }
  return found;
}

void save_test_examples(const fs::path& folder, const Plan& plan, const TestExamples& examples) {
  const std::map<std::string, SweepTask> tasks = tasks_of(plan);
  std::string text;
  for (const auto& [label, task] : tasks) {
    const auto known = examples.find(label);
    if (known == examples.end()) continue;
    const std::string fingerprint = fingerprint_of(task, known->second);
    for (const TestExample& example : known->second) text += line_of(label, fingerprint, example);
  }
  const fs::path file = folder / kFile;
  if (text.empty() || (fs::exists(file) && read_file(file) == text)) return;
  write_file_atomically(file, text);
}

}  // namespace dovetail
