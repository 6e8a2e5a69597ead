// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/tables.h"

#include <fmt/format.h>

#include <set>

#include "analysis/report/claim_tables.h"
#include "analysis/report/regret_tables.h"
#include "base/names.h"

namespace dovetail {

namespace {

using Row = std::vector<std::string>;
using Rows = std::vector<Row>;

std::string number(double value) { return csv_number(value); }
std::string number(int64_t value) { return fmt::format("{}", value); }

void append(Row& row, const Estimate& estimate) {
  for (const double value : {estimate.mean, estimate.low, estimate.high})
    row.push_back(number(value));
}

std::string provenance(const Record& record, const char* key) {
  if (!record.provenance.is_object() || !record.provenance.contains(key)) return "";
  const Json& value = record.provenance.at(key);
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// The sweep's metrics, then what else the records hold of cells (loss, perplexity).
std::vector<std::string> metric_columns(const Analysis& analysis) {
  std::vector<std::string> names = analysis.plan->metrics;
  std::set<std::string> others;
  for (const CellGroup& group : analysis.groups) {
    for (const CellResult& result : group.cells) {
      if (result.record == nullptr) continue;
      for (const auto& [name, value] : result.record->metrics) others.insert(name);
    }
  }
  for (const std::string& name : names) others.erase(name);
  names.insert(names.end(), others.begin(), others.end());
  return names;
}

// "adaptation" only where the sweep has it: most have not.
Row axes_of(const Analysis& analysis) {
  Row axes(kAxes.begin(), kAxes.end());
  if (analysis.labels("adaptation").empty()) std::erase(axes, "adaptation");
  return axes;
}

Row cell_row(const std::vector<std::string>& metrics, const Analysis& analysis,
             const CellGroup& group, const CellResult& result) {
  Row row{result.cell->name};
  for (const std::string& axis : axes_of(analysis)) row.push_back(coordinate(*result.cell, axis));
  row.insert(row.end(), {group.baseline, to_string(result.state), result.reason});
  const bool finished = result.state == CellState::finished;
  for (const std::string& metric : metrics) {
    const bool known = finished && result.record->metrics.contains(metric);
    row.push_back(known ? number(result.record->metrics.at(metric)) : "");
  }
  const Cost cost = result.record ? result.record->cost : Cost{};
  for (const double value : {cost.wall_seconds, cost.cpu_seconds})
    row.push_back(result.record ? number(value) : "");
  for (const int64_t value : {cost.train_steps, cost.train_tokens, cost.peak_bytes}) {
    row.push_back(result.record ? number(value) : "");
  }
  row.push_back(result.record ? provenance(*result.record, "commit") : "");
  row.push_back(analysis.plan->jobs[static_cast<size_t>(result.cell->job)].key);
  return row;
}

Rows cells_table(const Analysis& analysis) {
  Row head{"cell"};
  const Row axes = axes_of(analysis);
  head.insert(head.end(), axes.begin(), axes.end());
  head.insert(head.end(), {"baseline", "state", "reason"});
  const std::vector<std::string> metrics = metric_columns(analysis);
  head.insert(head.end(), metrics.begin(), metrics.end());
  const Row tail{"wall_seconds", "cpu_seconds", "train_steps", "train_tokens",
                 "peak_bytes",   "commit",      "job"};
  head.insert(head.end(), tail.begin(), tail.end());
  Rows rows{head};
  for (const CellGroup& group : analysis.groups) {
    for (const CellResult& result : group.cells)
      rows.push_back(cell_row(metrics, analysis, group, result));
  }
  return rows;
}

Rows decisions_table(const Analysis& analysis) {
  Rows rows{{"task",         "train_size",    "metric",          "verdict",
             "objective",    "adaptation",    "template",        "tuning",
             "score",        "score_low",     "score_high",      "score_on_all",
             "items",        "seeds",         "candidates",      "candidates_planned",
             "times_chosen", "halves",        "tune_seconds",    "upstream_seconds",
             "cheaper",      "cheaper_score", "cheaper_seconds", "cells"}};
  for (const Decision& d : analysis.decisions) {
    const Choice& use = d.recommended;
    Row row{d.task,        d.train_size,   d.metric,          to_string(d.verdict),
            use.objective, use.adaptation, use.template_name, use.tuning};
    append(row, d.honest_score);
    row.push_back(number(use.score.mean));
    for (const int64_t count : {d.honest_score.items, d.honest_score.seeds, d.candidates,
                                d.candidates_planned, d.times_chosen, d.halves}) {
      row.push_back(number(count));
    }
    row.insert(row.end(),
               {number(use.cost.tune_seconds), number(use.cost.upstream_seconds),
                d.cheaper ? d.cheaper->text : "", d.cheaper ? number(d.cheaper->score.mean) : "",
                d.cheaper ? number(d.cheaper->cost.total()) : "", join(use.cells, " ")});
    rows.push_back(std::move(row));
  }
  return rows;
}

Rows baselines_table(const Analysis& analysis) {
  Rows rows{{"task", "train_size", "metric", "comparison", "against", "absent", "score",
             "score_low", "score_high", "gain", "gain_low", "gain_high", "relative_gain", "items",
             "seeds", "seconds", "cells"}};
  for (const Decision& decision : analysis.decisions) {
    for (const Comparison& c : decision.comparisons) {
      Row row{decision.task, decision.train_size, decision.metric, c.name, c.against, c.absent};
      if (c.absent.empty()) {
        append(row, c.score);
        append(row, c.gain);
        row.insert(row.end(),
                   {c.relative_gain ? number(*c.relative_gain) : "", number(c.gain.items),
                    number(c.gain.seeds), number(c.seconds), join(c.cells, " ")});
      }
      row.resize(rows[0].size());
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

Rows costs_table(const Analysis& analysis) {
  std::vector<int64_t> shared(analysis.plan->jobs.size(), 0);
  for (const Cell& cell : analysis.plan->cells) {
    ++shared[static_cast<size_t>(cell.job)];
    for (const int64_t job : upstream_jobs(*analysis.plan, cell.job))
      ++shared[static_cast<size_t>(job)];
  }
  Rows rows{{"job", "name", "kind", "status", "cells_that_need_it", "estimated_seconds",
             "wall_seconds", "cpu_seconds", "train_steps", "train_tokens", "padding_fraction",
             "peak_bytes"}};
  for (size_t i = 0; i < analysis.plan->jobs.size(); ++i) {
    const Job& job = analysis.plan->jobs[i];
    const auto found = analysis.records->find(job.key);
    const bool ran = found != analysis.records->end();
    Row row{job.key,
            job.name,
            to_string(job.kind),
            ran ? to_string(found->second.status) : "missing",
            number(shared[i]),
            number(job.cost_seconds)};
    if (ran) {
      const Cost& cost = found->second.cost;
      row.insert(row.end(), {number(cost.wall_seconds), number(cost.cpu_seconds),
                             number(cost.train_steps), number(cost.train_tokens),
                             number(cost.padding_fraction), number(cost.peak_bytes)});
    }
    row.resize(rows[0].size());
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

std::string csv_number(double value) { return fmt::format("{:.9g}", value); }

std::string csv_field(const std::string& text) {
  const bool blank_end = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  if (!blank_end && text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string csv_table(const Rows& rows) {
  std::string text;
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : ",") + csv_field(row[i]);
    text += "\r\n";
  }
  return text;
}

std::map<std::string, std::string> report_tables(const Analysis& analysis) {
  Rows failures{{"job", "name", "kind", "status", "attempt", "reason"}};
  for (const Failure& f : failures_of(analysis)) {
    failures.push_back({f.key, f.name, f.kind, f.status, number(f.attempt), f.reason});
  }
  return {{"cells.csv", csv_table(cells_table(analysis))},
          {"decisions.csv", csv_table(decisions_table(analysis))},
          {"baselines.csv", csv_table(baselines_table(analysis))},
          {"costs.csv", csv_table(costs_table(analysis))},
          {"failures.csv", csv_table(failures)},
          {"claims.csv", claims_table(analysis)},
          {"claims_by_task.csv", claims_by_task_table(analysis)},
          {"selectors.csv", selectors_table(analysis)},
          {"selectors_by_task.csv", selectors_by_task_table(analysis)}};
}

}  // namespace dovetail
