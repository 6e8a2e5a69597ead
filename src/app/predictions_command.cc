// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <memory>

#include "analysis/report/number_text.h"
#include "analysis/statistics/metric_direction.h"
#include "app/cell_choice.h"
#include "app/commands.h"
#include "app/front/existing_results.h"
#include "app/front/text_output.h"
#include "app/test_examples.h"
#include "base/error.h"
#include "base/names.h"
#include "metrics/metric.h"
#include "store/journal.h"

namespace dovetail {

namespace {

struct PredictionsOptions {
  std::string folder, cell;
  std::string metric;  // "": the task's primary one
  std::string sort;    // "": the order of the test set
  int64_t count = 0;   // 0: 10, or all with --json
  bool wrong = false, json = false;
};

// The best score that an example can have.
double best_score(const std::string& name) {
  if (name == "loss") return 0;
  const Metric& metric = find_metric(name);
  return metric.higher_is_better ? metric.maximum : metric.minimum;
}

// The metric that the examples are scored by.
std::string metric_of(const PredictionsOptions& options, const Plan& plan, const Cell& cell,
                      const Record& record) {
  const std::string metric =
      options.metric.empty() ? primary_metric_of(plan, cell.coordinates[kTask]) : options.metric;
  std::vector<std::string> known;
  for (const auto& [name, scores] : record.per_example) {
    // the answers of further decodings are not kept, only their scores
    if (name.find('@') == std::string::npos) known.push_back(name);
  }
  if (std::ranges::find(known, metric) == known.end()) {
    throw_<ConfigError>("{}: its examples have no score named \"{}\"; {}", cell.name, metric,
                        did_you_mean(metric, known));
  }
  return metric;
}

bool is_wrong(const AnsweredExample& example, double best) {
  return !example.score || std::abs(*example.score - best) > 1e-6;
}

std::vector<AnsweredExample> wanted_examples(const PredictionsOptions& options, const Plan& plan,
                                             const Cell& cell, const Record& record,
                                             const std::string& metric,
                                             const TestExamples& examples) {
  std::vector<AnsweredExample> all = answered_examples(cell, record, metric, examples);
  if (options.wrong) {
    const double best = best_score(metric);
    std::erase_if(all, [&](const AnsweredExample& one) { return !is_wrong(one, best); });
  }
  if (options.sort == "score") sort_by_score(all, /*lowest_first=*/higher_is_better(plan, metric));
  if (options.sort == "likelihood") {
    std::ranges::stable_sort(all, {}, [](const AnsweredExample& one) {
      return one.likelihood.value_or(2);  // what has none comes last
    });
  }
  const int64_t most = options.count > 0 ? options.count : options.json ? std::ssize(all) : 10;
  if (std::ssize(all) > most) all.resize(static_cast<size_t>(most));
  return all;
}

void print_json(const Cell& cell, const std::string& metric,
                const std::vector<AnsweredExample>& examples) {
  for (const AnsweredExample& example : examples) {
    nlohmann::ordered_json line{{"cell", cell.name}, {"metric", metric}};
    const Json answered = answered_json(example);
    for (const char* key : {"example", "source", "references", "answer", "score", "likelihood"})
      line[key] = answered.at(key);
    fmt::print("{}\n", line.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
}

void print_example(const AnsweredExample& example) {
  std::vector<std::vector<std::string>> rows;
  if (!example.references.empty()) rows.push_back({"source", example.source});
  for (const std::string& reference : example.references)
    rows.push_back({rows.size() < 2 ? "right" : "   or", reference});
  rows.push_back({"answer", example.answer});
  rows.push_back({"score", example.score ? score_text(*example.score) : "none"});
  if (example.likelihood)
    rows.back().back() +=
        fmt::format(", likelihood of the right answer {} a token", score_text(*example.likelihood));
  fmt::print("\n");
  print_columns(rows);
}

void print_text(const Cell& cell, const Record& record, const std::string& metric,
                const std::vector<AnsweredExample>& examples) {
  const auto mean = record.metrics.find(metric);
  fmt::print("{}: {} {} on {}; {} shown\n", cell.name, metric_text(metric),
             mean == record.metrics.end() ? "" : score_text(mean->second),
             count_text(std::ssize(record.predictions), "test example"), examples.size());
  for (const AnsweredExample& example : examples) print_example(example);
}

// The finished cells of those that match, with their records.
std::vector<std::pair<const Cell*, const Record*>> finished_cells(
    const PredictionsOptions& options, const Plan& plan,
    const std::map<std::string, Record>& records) {
  const std::vector<const Cell*> matching = matching_cells(plan, options.cell);
  std::vector<std::pair<const Cell*, const Record*>> finished;
  for (const Cell* cell : matching) {
    const auto record = records.find(plan.jobs.at(static_cast<size_t>(cell->job)).key);
    const bool answered = record != records.end() && record->second.status == RunStatus::finished &&
                          !record->second.predictions.empty();
    if (answered) finished.emplace_back(cell, &record->second);
  }
  if (finished.empty()) {
    throw_<ConfigError>(
        "--cell {}: {} match, and none has finished with answers; dovetail status {} shows their "
        "state",
        options.cell, count_text(std::ssize(matching), "cell"), options.folder);
  }
  if (finished.size() < matching.size())
    fmt::print(stderr, "{} of {} have no answers yet\n", matching.size() - finished.size(),
               count_text(std::ssize(matching), "cell"));
  return finished;
}

int predictions(const PredictionsOptions& options) {
  const Plan plan = plan_of_results(options.folder);
  const auto records = read_journal(options.folder);
  const auto cells = finished_cells(options, plan, records);
  const SweepTestExamples examples = read_test_examples(options.folder, plan);
  for (const auto& [task, why] : examples.unknown)
    fmt::print(stderr, "sources and right answers of task {} are not known here: {}\n", task, why);
  for (size_t i = 0; i < cells.size(); ++i) {
    const auto& [cell, record] = cells[i];
    const std::string metric = metric_of(options, plan, *cell, *record);
    const auto wanted = wanted_examples(options, plan, *cell, *record, metric, examples.known);
    if (options.json) {
      print_json(*cell, metric, wanted);
    } else {
      if (i > 0) fmt::print("\n");
      print_text(*cell, *record, metric, wanted);
    }
  }
  return kSuccess;
}

}  // namespace

void add_predictions(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<PredictionsOptions>();
  CLI::App* command = app.add_subcommand(
      "predictions", "Show the answers of tuned models beside sources and right answers");
  command->add_option("DIR", options->folder, "Results folder")->required();
  command->add_option("--cell", options->cell, "Cells: a name, or a glob such as '*/full/*/seed1'")
      ->required();
  command
      ->add_option("-n,--count", options->count,
                   "Examples of each cell (default: 10, and all with --json)")
      ->check(CLI::PositiveNumber);
  command->add_flag("--wrong", options->wrong, "Only examples below the best score that there is");
  command
      ->add_option("--sort", options->sort,
                   "score or likelihood: the worst first (default: the order of the test set)")
      ->check(CLI::IsMember({"score", "likelihood"}));
  command->add_option("--metric", options->metric,
                      "Score by this measured metric (default: the one that decides the task)");
  command->add_flag("--json", options->json, "A JSON line for each example");
  command->footer(
      "Example: dovetail predictions results/messages --cell '*/masked_mapping/full/all/seed1' "
      "--wrong");
  command->callback([options, &chosen] { chosen = [options] { return predictions(*options); }; });
}

}  // namespace dovetail
