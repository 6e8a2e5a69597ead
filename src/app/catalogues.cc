// SPDX-License-Identifier: Apache-2.0
#include "app/catalogues.h"

#include <algorithm>

#include "metrics/metric.h"
#include "model/checkpoint.h"
#include "model/shapes.h"
#include "objectives/objective.h"
#include "tasks/card.h"
#include "tasks/task.h"
#include "tasks/template.h"
#include "text/corpus.h"
#include "text/vocabulary.h"
#include "training/optimizers.h"
#include "tuning/tuning.h"

namespace dovetail {

Catalogues catalogues() {
  Catalogues all;
  for (const Objective& entry : objectives()) {
    all.objectives.push_back({entry.name, entry.defaults, entry.check});
  }
  for (const Task& entry : tasks()) all.tasks.push_back({entry.name});
  for (const std::string& card : shipped_cards()) all.tasks.push_back({card});
  for (const Template& entry : templates()) all.templates.push_back({entry.name});
  for (const TuningEntry& entry : tunings()) all.tunings.push_back({entry.name, entry.defaults});
  for (const OptimizerEntry& entry : optimizers()) {
    all.optimizers.push_back({entry.name, entry.defaults, entry.check});
  }
  for (const Metric& entry : metrics()) all.metrics.push_back({entry.name});
  for (const std::string& name : corpus_names()) all.corpora.push_back({name});
  all.baselines = {"most_frequent", "copy", "untuned"};
  all.model_shapes = model_shapes();
  return all;
}

namespace {

// A bad row in a user's own file is found now, and not by the first job that reads it.
std::string fingerprint_of_task(const std::string& name_or_card) {
  const Task task = find_task(name_or_card);
  const bool is_card =
      std::ranges::none_of(tasks(), [&](const Task& entry) { return entry.name == name_or_card; });
  if (is_card) task.load();
  return task.fingerprint();
}

}  // namespace

Fingerprints fingerprints() {
  return {
      .task = fingerprint_of_task,
      .corpus = corpus_fingerprint,
      .checkpoint = checkpoint_fingerprint,
      .vocabulary =
          [](const std::filesystem::path& file) {
            return Vocabulary::from_file(file).content_hash();
          },
      .task_kind = [](const std::string& task) { return find_task(task).kind; },
  };
}

PlannedSweep plan_sweep(const std::filesystem::path& sweep_file, const std::string& filter) {
  Plan whole = make_plan(parse_sweep(sweep_file, catalogues()), fingerprints());
  Plan part = filter.empty() ? whole : filter_plan(whole, filter);
  return {std::move(whole), std::move(part)};
}

}  // namespace dovetail
