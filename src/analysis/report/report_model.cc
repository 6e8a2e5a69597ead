// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/report_model.h"

#include <algorithm>
#include <cmath>

#include "analysis/report/caveats.h"
#include "analysis/report/example_view.h"
#include "analysis/report/lessons.h"

namespace dovetail {

namespace {

// A page of many curves stays light, and this many points show the same course as thousands.
constexpr size_t kMostCurvePoints = 160;

std::vector<GroupRow> group_rows(const Analysis& analysis) {
  std::vector<GroupRow> rows;
  for (const GroupSummary& summary : analysis.summaries) {
    const CellGroup& group = *summary.group;
    rows.push_back({.baseline = group.baseline,
                    .start = group.start(),
                    .task = group.task,
                    .template_name = group.template_name,
                    .tuning = group.tuning,
                    .train_size = group.train_size,
                    .choice = group.choice(),
                    .seeds_planned = std::ssize(group.cells),
                    .seeds_failed = group.count(CellState::failed),
                    .scores = summary.scores});
  }
  return rows;
}

std::vector<StratumRow> stratum_rows(const Analysis& analysis) {
  std::vector<StratumRow> rows;
  for (const StratumSummary& summary : analysis.strata) {
    const auto group = static_cast<size_t>(summary.group - analysis.groups.data());
    rows.push_back({summary.column, summary.value, group, summary.examples, summary.scores});
  }
  return rows;
}

std::string commit_of(const Record& record) {
  if (!record.provenance.is_object() || !record.provenance.contains("commit")) return "";
  const Json& value = record.provenance.at("commit");
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string start_of(const Plan& plan, const Cell& cell) {
  std::string start;
  for (const int64_t input : plan.jobs[static_cast<size_t>(cell.job)].inputs) {
    const Job& job = plan.jobs[static_cast<size_t>(input)];
    if (job.kind == JobKind::pretrain || job.kind == JobKind::adapt) start = job.name;
  }
  return start;
}

CellRow cell_row(const Analysis& analysis, const CellGroup& group, const CellResult& result) {
  CellRow row{.name = result.cell->name,
              .baseline = group.baseline,
              .job = analysis.plan->jobs[static_cast<size_t>(result.cell->job)].key,
              .start = start_of(*analysis.plan, *result.cell),
              .state = to_string(result.state),
              .reason = result.reason};
  for (const char* axis : kAxes) row.labels[axis] = coordinate(*result.cell, axis);
  if (!result.record) return row;
  row.cost = result.record->cost;
  row.commit = commit_of(*result.record);
  if (result.state == CellState::finished) row.metrics = result.record->metrics;
  return row;
}

std::vector<CellRow> cell_rows(const Analysis& analysis) {
  std::vector<CellRow> rows;
  for (const CellGroup& group : analysis.groups) {
    for (const CellResult& result : group.cells) rows.push_back(cell_row(analysis, group, result));
  }
  return rows;
}

std::vector<JobRow> job_rows(const Analysis& analysis) {
  std::vector<JobRow> rows;
  for (const Job& job : analysis.plan->jobs) {
    JobRow row{.key = job.key,
               .name = job.name,
               .kind = job.kind,
               .status = "missing",
               .estimated_seconds = job.cost_seconds};
    const auto found = analysis.records->find(job.key);
    if (found != analysis.records->end()) {
      row.status = to_string(found->second.status);
      row.cost = found->second.cost;
    }
    rows.push_back(std::move(row));
  }
  for (const Cell& cell : analysis.plan->cells) {
    ++rows[static_cast<size_t>(cell.job)].cells_that_need_it;
    for (const int64_t job : upstream_jobs(*analysis.plan, cell.job))
      ++rows[static_cast<size_t>(job)].cells_that_need_it;
  }
  return rows;
}

TuningCost tuning_cost(const Analysis& analysis, const std::string& tuning,
                       const std::string& size) {
  TuningCost mean{.tuning = tuning, .train_size = size};
  for (const CellGroup& group : analysis.groups) {
    if (!group.baseline.empty() || group.tuning != tuning || group.train_size != size) continue;
    for (const CellResult& result : group.cells) {
      if (result.state != CellState::finished) continue;
      const Cost& cost = result.record->cost;
      ++mean.cells;
      mean.all_wall_seconds += cost.wall_seconds;
      mean.cpu_seconds += cost.cpu_seconds;
      mean.steps += static_cast<double>(cost.train_steps);
      mean.tokens += static_cast<double>(cost.train_tokens);
      mean.padding_fraction += cost.padding_fraction;
      mean.peak_bytes = std::max(mean.peak_bytes, static_cast<double>(cost.peak_bytes));
    }
  }
  if (mean.cells == 0) return mean;
  const double cells = static_cast<double>(mean.cells);
  mean.wall_seconds = mean.all_wall_seconds / cells;
  for (double* sum : {&mean.cpu_seconds, &mean.steps, &mean.tokens, &mean.padding_fraction})
    *sum /= cells;
  return mean;
}

std::vector<TuningCost> tuning_costs(const Analysis& analysis) {
  std::vector<TuningCost> costs;
  for (const std::string& tuning : analysis.labels("tuning")) {
    for (const std::string& size : analysis.labels("train_size")) {
      TuningCost cost = tuning_cost(analysis, tuning, size);
      if (cost.cells > 0) costs.push_back(std::move(cost));
    }
  }
  return costs;
}

std::vector<std::pair<int64_t, double>> thinned(const Curve& curve) {
  std::vector<std::pair<int64_t, double>> points;
  const size_t length = std::min(curve.steps.size(), curve.values.size());
  const size_t stride = std::max<size_t>(1, (length + kMostCurvePoints - 1) / kMostCurvePoints);
  for (size_t i = 0; i < length; i += stride) {
    if (std::isfinite(curve.values[i])) points.emplace_back(curve.steps[i], curve.values[i]);
  }
  return points;
}

// Pre-training jobs only: a sweep has few of them, and hundreds of tuning jobs.
std::vector<TrainingCurve> training_curves(const Analysis& analysis) {
  std::vector<TrainingCurve> curves;
  for (const Job& job : analysis.plan->jobs) {
    const auto found = analysis.records->find(job.key);
    if (job.kind != JobKind::pretrain || found == analysis.records->end()) continue;
    for (const auto& [name, curve] : found->second.curves)
      curves.push_back({name, job.name, thinned(curve)});
  }
  return curves;
}

void index_groups(ReportModel& model) {
  for (size_t i = 0; i < model.groups.size(); ++i) {
    const GroupRow& row = model.groups[i];
    if (!row.baseline.empty()) continue;
    model.group_index[{row.task, row.start, row.template_name, row.tuning, row.train_size}] = i;
  }
}

}  // namespace

const std::vector<std::string>& ReportModel::labels(const std::string& axis) const {
  static const std::vector<std::string> none;
  const auto found = axis_labels.find(axis);
  return found == axis_labels.end() ? none : found->second;
}

const GroupRow* ReportModel::find(const std::string& task, const std::string& start,
                                  const std::string& template_name, const std::string& tuning,
                                  const std::string& train_size) const {
  const auto found = group_index.find({task, start, template_name, tuning, train_size});
  return found == group_index.end() ? nullptr : &groups[found->second];
}

ReportModel report_model(const Analysis& analysis, const TestExamples& examples) {
  const Plan& plan = *analysis.plan;
  ReportModel model{.sweep_name = plan.sweep_name,
                    .sweep_hash = plan.sweep_hash,
                    .sweep_text = plan.sweep_text,
                    .options = analysis.options,
                    .facts = analysis.facts,
                    .axis_labels = plan.axis_labels,
                    .starts = analysis.starts(),
                    .metrics = plan.metrics,
                    .has_probes = !plan.probes.empty(),
                    .lessons = lessons(analysis),
                    .caveats = caveats(analysis),
                    .decisions = analysis.decisions,
                    .groups = group_rows(analysis),
                    .strata = stratum_rows(analysis),
                    .training_curves = training_curves(analysis),
                    .claims = analysis.claims,
                    .selectors = analysis.selectors,
                    .tuning_costs = tuning_costs(analysis),
                    .jobs = job_rows(analysis),
                    .cells = cell_rows(analysis),
                    .failures = failures_of(analysis),
                    .methods = methods_section(analysis)};
  for (const std::string& task : model.labels("task"))
    model.primary_metric[task] = main_metric_of(task, plan, analysis.options);
  for (const auto& [metric, traits] : plan.metric_traits) {
    if (!traits.higher_is_better) model.less_is_better.insert(metric);
  }
  for (const Decision& decision : model.decisions)
    model.examples.push_back(shown_examples(analysis, decision, examples));
  index_groups(model);
  return model;
}

}  // namespace dovetail
