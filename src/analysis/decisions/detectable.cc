// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/detectable.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <variant>

#include "analysis/statistics/cell_groups.h"
#include "base/error.h"

namespace dovetail {

namespace {

constexpr double kLevel = 0.05;
constexpr double kWantedPower = 0.8;
constexpr int64_t kMostSeeds = 1000;

double detectable_with(double variance, double degrees) {
  return EffectTest{0, {{"", std::sqrt(variance), degrees}}}.detectable(kLevel, kWantedPower);
}

// Two cells in the same seeds, each run with its own noise on each example.
double variance_on_a_task(const SweepSize& size, const TypicalSpread& spread) {
  const CellNoise noise{.run = spread.run * spread.run,
                        .example = spread.example * spread.example,
                        .answer = spread.answer * spread.answer,
                        .of_mean = {}};
  return 2 * noise.at(size.seeds, size.examples);
}

double degrees_of(const SweepSize& size) {
  // With one seed the runs' noise is in no interval; the examples alone have degrees.
  if (size.seeds < 2) return static_cast<double>(std::max<int64_t>(1, size.examples - 1));
  return static_cast<double>((std::max<int64_t>(2, size.cells) - 1) * (size.seeds - 1));
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// As many as the sweep allows; a task may have fewer.
int64_t typical_examples(const Plan& plan) {
  std::vector<double> counts;
  for (const Job& job : plan.jobs) {
    const auto* cell = std::get_if<TuneJob>(&job.settings);
    if (cell && cell->evaluate.test_examples > 0)
      counts.push_back(static_cast<double>(cell->evaluate.test_examples));
  }
  return counts.empty() ? 500 : static_cast<int64_t>(median(counts));
}

}  // namespace

TypicalSpread spread_of_pilot(const Plan& plan, const std::vector<CellGroup>& groups,
                              const std::string& folder) {
  std::map<std::array<std::string, 3>, std::vector<Scores>> cells;
  for (const CellGroup& group : groups) {
    if (!group.baseline.empty()) continue;
    Scores scores = scores_of(group, primary_metric_of(plan, group.task));
    if (!scores.rows.empty())
      cells[{group.task, group.train_size, group.tuning}].push_back(std::move(scores));
  }
  std::vector<double> runs, examples, answers;
  for (const auto& [at, all] : cells) {
    const std::vector<Scores> common = of_most_seeds(all);
    if (common.size() < 2 || common[0].rows.size() < 2) continue;
    const CellNoise noise = cell_noise(common);
    // Cells that always answer alike, as prompts that have learned nothing, say nothing of luck.
    if (noise.run + noise.answer == 0) continue;
    runs.push_back(noise.run);
    examples.push_back(noise.example);
    answers.push_back(noise.answer);
  }
  if (runs.empty()) {
    throw_<DataError>(
        "--pilot {}: no task there has two finished cells with two common seeds, so the noise of a "
        "run cannot be told; name another results folder, or leave --pilot out",
        folder);
  }
  TypicalSpread spread;
  spread.run = std::sqrt(median(runs));
  spread.example = std::sqrt(median(examples));
  spread.answer = std::sqrt(median(answers));
  spread.source = fmt::format("medians of {}; the tasks' is typical", folder);
  return spread;
}

double detectable_on_a_task(const SweepSize& size, const TypicalSpread& spread) {
  return detectable_with(variance_on_a_task(size, spread), degrees_of(size));
}

double detectable_over_tasks(const SweepSize& size, const TypicalSpread& spread) {
  const double tasks = static_cast<double>(size.tasks);
  const double each = spread.tasks * spread.tasks + variance_on_a_task(size, spread);
  return detectable_with(each / tasks, std::max(1.0, tasks - 2));
}

int64_t seeds_to_detect(double difference, SweepSize size, const TypicalSpread& spread) {
  for (size.seeds = 2; size.seeds <= kMostSeeds; ++size.seeds) {
    if (detectable_on_a_task(size, spread) <= difference) return size.seeds;
  }
  return 0;
}

SweepSize sweep_size_of(const Plan& plan) {
  const auto count = [&](const char* axis) {
    const auto labels = plan.axis_labels.find(axis);
    return labels == plan.axis_labels.end() ? int64_t{1} : std::ssize(labels->second);
  };
  return {.seeds = count("seed"),
          .examples = typical_examples(plan),
          .tasks = count("task"),
          .cells = count("objective") * count("adaptation") * count("template")};
}

std::string detectable_lines(const SweepSize& size, const TypicalSpread& spread, double wanted) {
  std::string text = fmt::format(
      "\ndetectable difference, in 80 of 100 such sweeps at 5 %\n"
      "  {:<38}{:.3f}   {} seeds, {} test examples (if a task has as many)\n",
      "between two cells of a task", detectable_on_a_task(size, spread), size.seeds, size.examples);
  if (size.tasks >= 5) {
    text += fmt::format("  {:<38}{:.3f}   {} tasks\n", "of an effect over the tasks",
                        detectable_over_tasks(size, spread), size.tasks);
  }
  if (wanted > 0) {
    const int64_t seeds = seeds_to_detect(wanted, size, spread);
    text += fmt::format(
        "  {:<38}{}\n", fmt::format("a difference of {} on a task takes", wanted),
        seeds > 0 ? fmt::format("{} seeds", seeds) : fmt::format("more than {} seeds", kMostSeeds));
  }
  text += fmt::format(
      "  from SDs of {:.3f} (run), {:.2f} (example), {:.2f} (answer) and {:.3f} (tasks): {}\n",
      spread.run, spread.example, spread.answer, spread.tasks, spread.source);
  if (size.seeds == 1) text += "  with one seed no interval holds the noise of a run\n";
  return text;
}

Json detectable_json(const SweepSize& size, const TypicalSpread& spread, double wanted) {
  Json json = {{"on_a_task", detectable_on_a_task(size, spread)},
               {"over_tasks", size.tasks >= 5 ? Json(detectable_over_tasks(size, spread)) : Json()},
               {"seeds", size.seeds},
               {"test_examples", size.examples},
               {"tasks", size.tasks},
               {"sd",
                {{"run", spread.run},
                 {"example", spread.example},
                 {"answer", spread.answer},
                 {"tasks", spread.tasks}}},
               {"source", spread.source}};
  if (wanted > 0) {
    const int64_t seeds = seeds_to_detect(wanted, size, spread);
    json["wanted"] = {{"difference", wanted}, {"seeds", seeds > 0 ? Json(seeds) : Json()}};
  }
  return json;
}

}  // namespace dovetail
