// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "plan/job.h"
#include "sweep/data_inspector.h"
#include "sweep/grid.h"

namespace dovetail {

// The data that a sweep names, as jobs refer to them: by name and content. Looks at each thing
// once. An error about data gets the place in the sweep file that names them in front.
class SweepData {
 public:
  SweepData(const Sweep& sweep, DataInspector& inspector);

  // The content of a thing. `value`: the axis value that names it; null for a table's key.
  std::string fingerprint(DataSource source, const std::string& name,
                          const AxisValue* value = nullptr);

  // The content of a saved adapter that a tuning starts from.
  std::string saved_start(const std::string& tuning, const std::string& folder,
                          const AxisValue* value);

  // The pool of a task that a sweep asks for. `value`: the adaptation that reads it.
  PoolSource pool(const PoolRequest& request, const AxisValue& value);
  // ConfigError where an objective cannot set labels in its mask.
  void check_label_mask(const std::string& objective, const std::string& mask_label,
                        const AxisValue& value);

  std::vector<CorpusSource> corpus(const std::vector<std::string>& names);
  TaskSource task(const AxisValue& task);
  TemplateSettings template_settings(const AxisValue& tmpl, const TaskValue& task);
  Json task_facts(const AxisValue& task);
  std::string task_source(const AxisValue& task);
  TaskStrata test_strata(const AxisValue& task);
  TaskSize task_size(const AxisValue& task);

  // What a step of a pre-training spends, where that is known; notes what to know of its rows.
  std::optional<PretrainEstimate> pretrain_estimate(const PretrainJob& job,
                                                    const std::vector<std::string>& corpus,
                                                    const ModelSize& size);
  const std::vector<std::string>& pretrain_notes() const { return pretrain_notes_; }

  // Finds at planning time what no cell of the point could do: train sizes that the task does not
  // have, for the cell and for the probes of [select], and metrics that cannot score its answers.
  void check_cell(const GridPoint& point);

  // The number of parameters that a tuning trains of the objective's model.
  int64_t trained_parameters(const AxisValue& tuning, const ObjectiveValue& objective);

  // The number of soft tokens that a tuning trains on the task under a template.
  int64_t soft_tokens(const AxisValue& tmpl, const AxisValue& tuning, const AxisValue& task);

  // The number of sentinels in the vocabulary of an objective's model, and how many it may take to
  // denoise an instruction of so many tokens.
  int64_t num_sentinels(const AxisValue& objective);
  int64_t sentinels_to_denoise(int64_t instruction_tokens);

  // ConfigError for a metric that no task of the sweep can have. Call it after the last check_cell.
  void refuse_unmeasured();

  // The metric that was made to decide about the task; "" for none.
  std::string primary_metric(const AxisValue& task);
  // [evaluate], with the metric that decides about the task.
  EvaluateSettings evaluate(const AxisValue& task);
  // What to know of the task's data, its templates and its metrics: sentences.
  std::vector<std::string> notes(const AxisValue& task);

 private:
  void note_metrics(const AxisValue& task);
  void check_headers(const GridPoint& point);
  void refuse_without_labels(const AxisValue& tuning, const AxisValue& task);
  void check_choosing_metric(const AxisValue& task, const ValidationChoice& choice);
  void check_size(const std::string& task, const AxisValue& size, int64_t validation_examples,
                  const AxisValue& seed);
  // The result of `compute`, which runs once for each `thing`.
  const std::string& once(const std::string& thing, const AxisValue* value,
                          const std::function<std::string()>& compute);

  const Sweep& sweep_;
  DataInspector& inspector_;
  std::map<std::string, std::string> known_;
  std::set<std::string> measured_;  // metrics that some task can have
  std::map<std::string, std::optional<PretrainEstimate>> estimates_;  // by settings
  std::vector<std::string> pretrain_notes_;
};

// Throws ConfigError "FILE:LINE:COLUMN: ..." at the place of an axis value.
[[noreturn]] void fail_at_value(const Sweep& sweep, const AxisValue& value,
                                const std::string& message);

}  // namespace dovetail
