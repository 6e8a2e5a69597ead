// SPDX-License-Identifier: Apache-2.0
#include "app/advise_unseen.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "adaptation/text_pairs.h"
#include "analysis/decisions/analysis.h"
#include "analysis/decisions/regret.h"
#include "analysis/report/advise.h"
#include "analysis/report/number_text.h"
#include "analysis/report/selector_words.h"
#include "app/front/existing_results.h"
#include "base/error.h"
#include "base/names.h"
#include "jobs/example_encoder.h"
#include "jobs/probe.h"
#include "planning/task_facts.h"
#include "planning/task_metrics.h"
#include "store/journal.h"
#include "sweep/card_name.h"
#include "tasks/find_task.h"
#include "templates/render.h"
#include "templates/template.h"

namespace dovetail {

namespace {

// Rows with the same source become one example with several references.
TaskData task_of_lines(const UnseenTask& asked) {
  TaskData data{.name = "examples",
                .prefix = asked.prefix,
                .phrase = asked.phrase.empty() ? "{source}" : asked.phrase,
                .kind = "phrasal"};
  std::map<std::string, size_t> places;
  for (const TextPair& row : read_pairs(asked.examples).rows) {
    const auto [place, is_new] = places.try_emplace(row.source, data.train.size());
    if (is_new) data.train.push_back({row.source, {}});
    std::vector<std::string>& references = data.train[place->second].references;
    if (std::ranges::find(references, row.target) == references.end())
      references.push_back(row.target);
  }
  if (data.train.empty()) throw_<DataError>("{}: no row has a target", asked.examples);
  return data;
}

TaskData load_unseen(const UnseenTask& asked) {
  return names_card(asked.examples) ? find_task(asked.examples).load() : task_of_lines(asked);
}

int64_t trained_on(const Job& job) {
  return std::max<int64_t>(1, settings_of<ProbeJob>(job).cell.train_size.examples);
}

// How many of `count` examples can be probed beside those that the probe trains on; 0 if there are
// too few.
int64_t num_probed(const TaskData& task, const Job& job, int64_t count) {
  if (!task.validation.empty()) return count;
  return std::clamp<int64_t>(std::ssize(task.train) - trained_on(job), 0, count);
}

// Why the sweep's probe cannot measure these examples; "" if it can.
std::string obstacle(const TaskData& task, const Cell& probe, const Job& job) {
  if (probe.baseline != "filling") {
    const TuneJob& cell = settings_of<ProbeJob>(job).cell;
    std::string reason = misfit(template_for(cell.tmpl, cell.tuning), task);
    if (!reason.empty()) return reason;
  }
  if (num_probed(task, job, 1) == 1) return "";
  return fmt::format("it needs {} examples to train on and others to probe, and there are {}",
                     trained_on(job), task.train.size());
}

// Makes a probe of the sweep one of `count` of these examples.
void adjust_probe(const TaskData& data, int64_t count, Job& job) {
  ProbeJob& probe = std::get<ProbeJob>(job.settings);
  std::vector<std::string>& metrics = probe.cell.evaluate.metrics;
  probe.cell.tune.validation_examples = num_probed(data, job, count);
  if (probe.probe != ProbeKind::race) return;
  const std::string primary = primary_metric(data.kind, metrics, reference_letters(data));
  probe.race_metric = primary.empty() ? metrics.front() : primary;
  if (std::ranges::find(metrics, probe.race_metric) == metrics.end())
    metrics.push_back(probe.race_metric);
}

// Runs the sweep's probes on these examples, as a plan of one task with its records; races under
// this tuning alone.
std::vector<Probe> probe_all(const Plan& plan, const TaskData& data, const UnseenTask& asked,
                             const std::string& tuning, Artefacts& artefacts) {
  Plan own{.jobs = plan.jobs};
  std::map<std::string, Record> records;
  std::set<std::pair<std::string, std::array<std::string, kAxes.size()>>> done;
  const auto task = std::make_shared<const TaskData>(data);
  for (Cell probe : plan.probes) {
    const std::string& own_tuning = probe.coordinates[kTuning];
    if (!own_tuning.empty() && own_tuning != tuning) continue;
    probe.coordinates[kTask].clear();
    if (!done.emplace(probe.baseline, probe.coordinates).second) continue;  // of another task
    Job job = plan.jobs.at(static_cast<size_t>(probe.job));
    const std::string what =
        fmt::format("{} {} {} {}", probe.baseline, probe.coordinates[kObjective],
                    probe.coordinates[kAdaptation], probe.coordinates[kTemplate]);
    if (const std::string reason = obstacle(data, probe, job); !reason.empty()) {
      fmt::print(stderr, "{} is skipped: {}\n", what, reason);
      continue;
    }
    fmt::print(stderr, "probing: {}\n", what);
    adjust_probe(data, asked.count, job);
    Record& record = records[job.key];
    run_probe_on(task, job, artefacts, record);
    record.status = RunStatus::finished;
    own.probes.push_back(probe);
  }
  return probes_of(own, records);
}

std::string first_label(const Plan& plan, const std::string& axis) {
  const auto labels = plan.axis_labels.find(axis);
  return labels == plan.axis_labels.end() || labels->second.empty() ? "" : labels->second.front();
}

// The regret of each selector on the sweep's own tasks, by name.
std::map<std::string, std::string> regrets(const Plan& plan, const std::vector<CellGroup>& groups,
                                           const std::vector<Probe>& probes) {
  std::map<std::string, std::string> texts;
  for (const SelectorResult& result : score_selectors(plan, groups, probes)) {
    if (!result.summary) continue;
    const PooledEffect& regret = result.summary->regret;
    texts[result.selector->name] = fmt::format(
        "on {} of the sweep it lost {} ({}) to the best cells", count_text(regret.tasks, "task"),
        signed_text(regret.estimate.mean), interval_text(regret.estimate));
  }
  return texts;
}

std::string said_by(const NamedSelection& named, const std::string& regret) {
  const Selection& selection = named.selection;
  if (!selection.absent.empty())
    return fmt::format("  {:<22} nothing: {}\n", named.selector->name, selection.absent);
  std::string text =
      fmt::format("  {:<22} {}", named.selector->name, choice_text(selection.choice));
  if (const std::string confidence = confidence_text(selection); !confidence.empty())
    text += ", " + confidence;
  text += fmt::format("\n  {:<22} {}\n", "", selection.reason);
  return text + (regret.empty() ? "" : fmt::format("  {:<22} {}\n", "", regret));
}

}  // namespace

std::string advise_unseen(const std::filesystem::path& results, const std::filesystem::path& store,
                          const UnseenTask& asked, const std::string& size) {
  const Plan plan = plan_of_results(results);
  if (plan.probes.empty()) {
    throw_<ConfigError>(
        "{} has no probes to compare new examples with: add [select] to its sweep and run it again",
        results.string());
  }
  const auto records = read_journal(results);
  const TaskData task = load_unseen(asked);
  const std::string at = size.empty() ? first_label(plan, "train_size")
                                      : resolve_size(plan.axis_labels.at("train_size"), size);
  Artefacts artefacts(store);
  const std::string tuning = first_label(plan, "tuning");
  const std::vector<CellGroup> groups = group_cells(plan, records);
  std::string text = fmt::format(
      "{} of a task that was not swept; results of other tasks at {}, {}:\n",
      count_text(std::min<int64_t>(asked.count, std::ssize(task.train)), "example"), at, tuning);
  const UnseenCase unseen{names_card(asked.examples) ? card_label(asked.examples) : "",
                          probe_all(plan, task, asked, tuning, artefacts), facts_of(task), at,
                          tuning};
  const std::vector<Probe> swept = probes_of(plan, records);
  std::map<std::string, std::string> lost = regrets(plan, groups, swept);
  for (const NamedSelection& named : select_for_unseen(plan, groups, swept, unseen)) {
    if (!named.selector->baseline) text += said_by(named, lost[named.selector->name]);
  }
  return text +
         "Brackets hold 95 % intervals; the report of the sweep shows each selector's choices task "
         "by "
         "task.\n";
}

}  // namespace dovetail
