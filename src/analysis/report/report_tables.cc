// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/report_tables.h"

#include <set>

#include "analysis/report/claim_tables.h"
#include "analysis/report/selector_tables.h"
#include "analysis/report/use_words.h"
#include "base/names.h"

namespace dovetail {

namespace {

// The sweep's metrics, then the other numbers that records hold of cells (loss, perplexity).
CsvRow metric_columns(const ReportModel& model) {
  CsvRow names = model.metrics;
  std::set<std::string> others;
  for (const CellRow& cell : model.cells) {
    for (const auto& [name, value] : cell.metrics) others.insert(name);
  }
  for (const std::string& name : names) others.erase(name);
  names.insert(names.end(), others.begin(), others.end());
  return names;
}

// Leaves out "adaptation" where the sweep has no such axis; most have none.
CsvRow axis_columns(const ReportModel& model) {
  CsvRow axes(kAxes.begin(), kAxes.end());
  if (model.labels("adaptation").empty()) std::erase(axes, "adaptation");
  return axes;
}

CsvRow cell_fields(const CellRow& cell, const CsvRow& axes, const CsvRow& metrics) {
  CsvRow row{cell.name};
  for (const std::string& axis : axes) row.push_back(cell.labels.at(axis));
  row.insert(row.end(), {cell.baseline, cell.state, cell.reason});
  for (const std::string& metric : metrics) {
    const auto found = cell.metrics.find(metric);
    row.push_back(found == cell.metrics.end() ? "" : csv_number(found->second));
  }
  if (cell.cost) {
    const Cost& cost = *cell.cost;
    row.insert(row.end(), {csv_number(cost.wall_seconds), csv_number(cost.cpu_seconds),
                           csv_number(cost.train_steps), csv_number(cost.train_tokens),
                           csv_number(cost.peak_bytes)});
  } else {
    row.insert(row.end(), 5, "");
  }
  row.insert(row.end(), {cell.commit, cell.job, cell.start});
  return row;
}

CsvRows cells_table(const ReportModel& model) {
  const CsvRow axes = axis_columns(model), metrics = metric_columns(model);
  CsvRow head{"cell"};
  head.insert(head.end(), axes.begin(), axes.end());
  head.insert(head.end(), {"baseline", "state", "reason"});
  head.insert(head.end(), metrics.begin(), metrics.end());
  head.insert(head.end(), {"wall_seconds", "cpu_seconds", "train_steps", "train_tokens",
                           "peak_bytes", "commit", "job", "start"});
  CsvRows rows{head};
  for (const CellRow& cell : model.cells) rows.push_back(cell_fields(cell, axes, metrics));
  return rows;
}

CsvRow choice_fields(const GroupRow& group) {
  return {group.baseline,      group.start,  group.task,
          group.template_name, group.tuning, group.train_size};
}

// A group without a score of a metric has empty numbers there.
CsvRows scores_table(const ReportModel& model) {
  CsvRows rows{{"baseline", "start", "task", "template", "tuning", "train_size", "metric", "seeds",
                "seeds_planned", "seeds_failed", "items", "score", "score_low", "score_high"}};
  for (const GroupRow& group : model.groups) {
    for (const std::string& metric : model.metrics) {
      const auto found = group.scores.find(metric);
      const bool scored = found != group.scores.end();
      CsvRow row = choice_fields(group);
      row.insert(row.end(), {metric, csv_number(scored ? found->second.seeds : int64_t{0}),
                             csv_number(group.seeds_planned), csv_number(group.seeds_failed)});
      if (scored) {
        row.push_back(csv_number(found->second.items));
        append(row, found->second);
      }
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

CsvRows strata_table(const ReportModel& model) {
  CsvRows rows{{"column", "value", "baseline", "start", "task", "template", "tuning", "train_size",
                "metric", "examples", "seeds", "score", "score_low", "score_high"}};
  for (const StratumRow& stratum : model.strata) {
    const GroupRow& group = model.groups[stratum.group];
    for (const auto& [metric, estimate] : stratum.scores) {
      CsvRow row = choice_fields(group);
      row.insert(row.begin(), {stratum.column, stratum.value});
      row.insert(row.end(), {metric, csv_number(estimate.items), csv_number(estimate.seeds)});
      append(row, estimate);
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

CsvRows decisions_table(const std::vector<Decision>& decisions) {
  CsvRows rows{{"task",         "train_size",    "metric",          "verdict",
                "objective",    "adaptation",    "template",        "tuning",
                "score",        "score_low",     "score_high",      "score_on_all",
                "items",        "seeds",         "candidates",      "candidates_planned",
                "times_chosen", "halves",        "tune_seconds",    "upstream_seconds",
                "cheaper",      "cheaper_score", "cheaper_seconds", "cells",
                "use",          "use_reason",    "use_score"}};
  for (const Decision& d : decisions) {
    const Choice& best = d.recommended;
    CsvRow row{d.task,         d.train_size,    d.metric,           to_string(d.verdict),
               best.objective, best.adaptation, best.template_name, best.tuning};
    append(row, d.honest_score);
    row.push_back(csv_number(best.score.mean));
    for (const int64_t count : {d.honest_score.items, d.honest_score.seeds, d.candidates,
                                d.candidates_planned, d.times_chosen, d.halves}) {
      row.push_back(csv_number(count));
    }
    row.insert(
        row.end(),
        {csv_number(best.cost.tune_seconds), csv_number(best.cost.upstream_seconds),
         d.cheaper ? d.cheaper->text : "", d.cheaper ? csv_number(d.cheaper->score.mean) : "",
         d.cheaper ? csv_number(d.cheaper->cost.total()) : "", join(best.cells, " "), use_text(d),
         to_string(d.use.reason), csv_number(d.use.score.mean)});
    rows.push_back(std::move(row));
  }
  return rows;
}

CsvRows baselines_table(const std::vector<Decision>& decisions) {
  CsvRows rows{{"task", "train_size", "metric", "comparison", "against", "absent", "score",
                "score_low", "score_high", "gain", "gain_low", "gain_high", "relative_gain",
                "items", "seeds", "seconds", "cells"}};
  for (const Decision& decision : decisions) {
    for (const Comparison& c : decision.comparisons) {
      CsvRow row{decision.task, decision.train_size, decision.metric, c.name, c.against, c.absent};
      if (c.absent.empty()) {
        append(row, c.score);
        append(row, c.gain);
        row.insert(row.end(),
                   {csv_number(c.relative_gain), csv_number(c.gain.items), csv_number(c.gain.seeds),
                    csv_number(c.seconds), join(c.cells, " ")});
      }
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

CsvRows costs_table(const std::vector<JobRow>& jobs) {
  CsvRows rows{{"job", "name", "kind", "status", "cells_that_need_it", "estimated_seconds",
                "wall_seconds", "cpu_seconds", "train_steps", "train_tokens", "padding_fraction",
                "peak_bytes"}};
  for (const JobRow& job : jobs) {
    CsvRow row{job.key,
               job.name,
               to_string(job.kind),
               job.status,
               csv_number(job.cells_that_need_it),
               csv_number(job.estimated_seconds)};
    if (job.cost) {
      const Cost& cost = *job.cost;
      row.insert(row.end(), {csv_number(cost.wall_seconds), csv_number(cost.cpu_seconds),
                             csv_number(cost.train_steps), csv_number(cost.train_tokens),
                             csv_number(cost.padding_fraction), csv_number(cost.peak_bytes)});
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

CsvRows costs_by_tuning_table(const std::vector<TuningCost>& costs) {
  CsvRows rows{{"tuning", "train_size", "cells", "wall_seconds", "cpu_seconds", "train_steps",
                "train_tokens", "padding_fraction", "peak_bytes", "all_wall_seconds"}};
  for (const TuningCost& cost : costs) {
    CsvRow row{cost.tuning, cost.train_size, csv_number(cost.cells)};
    for (const double value : {cost.wall_seconds, cost.cpu_seconds, cost.steps, cost.tokens,
                               cost.padding_fraction, cost.peak_bytes, cost.all_wall_seconds}) {
      row.push_back(csv_number(value));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

CsvRows failures_table(const std::vector<Failure>& failures) {
  CsvRows rows{{"job", "name", "kind", "status", "attempt", "reason"}};
  for (const Failure& f : failures)
    rows.push_back({f.key, f.name, f.kind, f.status, csv_number(f.attempt), f.reason});
  return rows;
}

}  // namespace

std::map<std::string, std::string> report_tables(const ReportModel& model) {
  return {{"cells.csv", csv_text(cells_table(model))},
          {"scores.csv", csv_text(scores_table(model))},
          {"strata.csv", csv_text(strata_table(model))},
          {"decisions.csv", csv_text(decisions_table(model.decisions))},
          {"baselines.csv", csv_text(baselines_table(model.decisions))},
          {"costs.csv", csv_text(costs_table(model.jobs))},
          {"costs_by_tuning.csv", csv_text(costs_by_tuning_table(model.tuning_costs))},
          {"failures.csv", csv_text(failures_table(model.failures))},
          {"claims.csv", csv_text(claims_table(model.claims))},
          {"claims_by_task.csv", csv_text(claims_by_task_table(model.claims))},
          {"selectors.csv", csv_text(selectors_table(model.selectors))},
          {"selectors_by_task.csv", csv_text(selectors_by_task_table(model.selectors))}};
}

}  // namespace dovetail
