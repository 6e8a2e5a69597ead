// SPDX-License-Identifier: Apache-2.0
#include "app/catalogues.h"

#include "metrics/metric.h"
#include "model/checkpoint.h"
#include "model/shapes.h"
#include "objectives/objective.h"
#include "tasks/task.h"
#include "tasks/template.h"
#include "text/corpus.h"
#include "text/vocabulary.h"
#include "tuning/tuning.h"

namespace dovetail {

Catalogues catalogues() {
  Catalogues all;
  for (const Objective& entry : objectives()) {
    all.objectives.push_back({entry.name, entry.defaults, entry.check});
  }
  for (const Task& entry : tasks()) all.tasks.push_back({entry.name});
  for (const Template& entry : templates()) all.templates.push_back({entry.name});
  for (const TuningEntry& entry : tunings()) all.tunings.push_back({entry.name, entry.defaults});
  for (const Metric& entry : metrics()) all.metrics.push_back({entry.name});
  for (const std::string& name : corpus_names()) all.corpora.push_back({name});
  all.baselines = {"most_frequent", "copy", "untuned"};
  all.model_shapes = model_shapes();
  return all;
}

Fingerprints fingerprints() {
  return {
      .task = [](const std::string& task) { return find_task(task).fingerprint(); },
      .corpus = corpus_fingerprint,
      .checkpoint = checkpoint_fingerprint,
      .vocabulary =
          [](const std::filesystem::path& file) {
            return Vocabulary::from_file(file).content_hash();
          },
  };
}

PlannedSweep plan_sweep(const std::filesystem::path& sweep_file, const std::string& filter) {
  Plan whole = make_plan(parse_sweep(sweep_file, catalogues()), fingerprints());
  Plan part = filter.empty() ? whole : filter_plan(whole, filter);
  return {std::move(whole), std::move(part)};
}

}  // namespace dovetail
