// SPDX-License-Identifier: Apache-2.0
#include "sweep/forgetting.h"

#include <algorithm>

#include "base/error.h"
#include "sweep/adaptation_jobs.h"
#include "sweep/cell_jobs.h"

namespace dovetail {

namespace {

ContinueSettings held_out_text(JobGraph& graph, const AxisValue& objective, Job& job) {
  ContinueSettings text = pretraining_to_continue(graph, objective, "text_loss of [evaluate]", job);
  if (text.corpus.empty() || text.pretrain.held_out == 0) {
    fail_at_value(graph.sweep(), objective,
                  fmt::format("text_loss of [evaluate] needs held-out documents, and objective "
                              "\"{}\" has none; name the text in [text] corpus, and give it "
                              "held_out",
                              objective.label));
  }
  return text;
}

}  // namespace

namespace {

// The other task's soft tokens are the cell's, in their order.
void refuse_few_soft_tokens(JobGraph& graph, const GridPoint& point, const AxisValue& other) {
  const AxisValue &tmpl = *point[kTemplate], &tuning = *point[kTuning];
  if (!tuning.as<TuningValue>().soft_tokens) return;
  const int64_t trained = graph.data().soft_tokens(tmpl, tuning, *point[kTask]);
  const int64_t needed = graph.data().soft_tokens(tmpl, tuning, other);
  if (needed <= trained) return;
  fail_at_value(
      graph.sweep(), tuning,
      fmt::format("transfer of [evaluate] to {} needs {} soft tokens under template "
                  "\"{}\", and tuning \"{}\" trains {} on {}: leave that task out of "
                  "transfer, or exclude the template",
                  other.label, needed, tmpl.label, tuning.label, trained, point[kTask]->label));
}

}  // namespace

void add_side_losses(JobGraph& graph, const GridPoint& point, Job& job, TuneJob& cell) {
  const Sweep& sweep = graph.sweep();
  const AxisValue& objective = *point[kObjective];
  if (point[kTuning]->as<TuningValue>().classifies) return;  // it answers with labels alone
  if (sweep.text_loss && !objective.as<ObjectiveValue>().is("none"))
    cell.text_loss = held_out_text(graph, objective, job);
  for (const AxisValue& value : sweep.axes.at("task")) {
    const bool is_named = std::ranges::find(sweep.transfer, value.label) != sweep.transfer.end();
    if (!is_named || value.label == point[kTask]->label) continue;
    GridPoint there = point;
    there[kTask] = &value;
    const AxisValue task = task_in_split(there);
    const auto& settings = task.as<TaskValue>();
    refuse_few_soft_tokens(graph, point, task);
    cell.transfer.push_back({value.label, graph.data().task(task),
                             graph.data().template_settings(*point[kTemplate], settings)});
    job.locations.transfer.push_back(settings.card);
  }
}

}  // namespace dovetail
