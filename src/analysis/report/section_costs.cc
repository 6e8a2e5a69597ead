// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/html.h"
#include "analysis/report/sections.h"
#include "analysis/report/words.h"

namespace dovetail {

namespace {

// A page that a browser opens at once; the rest is in the tables.
constexpr size_t kMostCellRows = 1000;

std::string head_row(const std::vector<std::string>& titles) {
  std::string heads;
  for (const std::string& title : titles) heads += text_element("th", title, {{"scope", "col"}});
  return element("thead", element("tr", heads));
}

std::string table(const std::string& caption, const std::vector<std::string>& titles,
                  const std::string& rows) {
  return element("div",
                 element("table", text_element("caption", caption) + head_row(titles) +
                                      element("tbody", rows)),
                 {{"class", "wide"}});
}

std::string row_of(const std::vector<std::string>& texts) {
  std::string row = text_element("th", texts[0], {{"scope", "row"}});
  for (size_t i = 1; i < texts.size(); ++i) row += text_element("td", texts[i]);
  return element("tr", row);
}

std::string count_text(double count) {
  if (count >= 1e6) return fmt::format("{:.1f} M", count / 1e6);
  if (count >= 1e4) return fmt::format("{:.0f} k", count / 1e3);
  return fmt::format("{:.0f}", count);
}

std::string memory_text(double bytes) {
  return bytes > 0 ? fmt::format("{:.0f} MiB", bytes / (1024.0 * 1024.0)) : "";
}

// Mean cost of the finished cells that share a tuning and a train size.
struct Sum {
  double cells = 0, wall = 0, cpu = 0, steps = 0, tokens = 0, padding = 0, peak = 0;

  void add(const Cost& cost) {
    cells += 1;
    wall += cost.wall_seconds;
    cpu += cost.cpu_seconds;
    steps += static_cast<double>(cost.train_steps);
    tokens += static_cast<double>(cost.train_tokens);
    padding += cost.padding_fraction;
    peak = std::max(peak, static_cast<double>(cost.peak_bytes));
  }
};

std::string tuning_rows(const Analysis& analysis) {
  std::string rows;
  for (const std::string& tuning : analysis.labels("tuning")) {
    for (const std::string& size : analysis.labels("train_size")) {
      Sum sum;
      for (const CellGroup& group : analysis.groups) {
        if (!group.baseline.empty() || group.tuning != tuning || group.train_size != size) continue;
        for (const CellResult& result : group.cells) {
          if (result.state == CellState::finished) sum.add(result.record->cost);
        }
      }
      if (sum.cells == 0) continue;
      rows += row_of({tuning, size, fmt::format("{:.0f}", sum.cells),
                      seconds_text(sum.wall / sum.cells), seconds_text(sum.cpu / sum.cells),
                      count_text(sum.steps / sum.cells), count_text(sum.tokens / sum.cells),
                      fmt::format("{:.0f} %", 100 * sum.padding / sum.cells), memory_text(sum.peak),
                      seconds_text(sum.wall)});
    }
  }
  return rows;
}

std::string upstream_rows(const Analysis& analysis) {
  std::string rows;
  for (const Job& job : analysis.plan->jobs) {
    if (job.kind != JobKind::pretrain && job.kind != JobKind::tokenizer) continue;
    const auto found = analysis.records->find(job.key);
    if (found == analysis.records->end()) {
      rows += row_of({job.name, to_string(job.kind), "to come", "", "", "", ""});
      continue;
    }
    const Cost& cost = found->second.cost;
    rows +=
        row_of({job.name, to_string(job.kind), to_string(found->second.status),
                seconds_text(cost.wall_seconds), count_text(static_cast<double>(cost.train_steps)),
                count_text(static_cast<double>(cost.train_tokens)),
                memory_text(static_cast<double>(cost.peak_bytes))});
  }
  return rows;
}

std::vector<std::string> cell_texts(const Analysis& analysis, const CellResult& result) {
  std::vector<std::string> texts{result.cell->name, to_string(result.state)};
  const bool finished = result.state == CellState::finished;
  for (const std::string& metric : analysis.plan->metrics) {
    const bool known = finished && result.record->metrics.contains(metric);
    texts.push_back(known ? score_text(result.record->metrics.at(metric)) : "");
  }
  texts.push_back(result.record ? seconds_text(result.record->cost.wall_seconds) : "");
  texts.push_back(result.record ? count_text(static_cast<double>(result.record->cost.train_steps))
                                : "");
  return texts;
}

}  // namespace

std::string costs_html(const Analysis& analysis) {
  std::string html = table("A tuned cell, on average",
                           {"Tuning", "Training data", "Cells", "Wall", "CPU", "Steps", "Tokens",
                            "Padding", "Peak memory", "All together"},
                           tuning_rows(analysis));
  const std::string upstream = upstream_rows(analysis);
  if (!upstream.empty()) {
    html += table("Made once, shared by all cells that need it",
                  {"Job", "Kind", "State", "Wall", "Steps", "Tokens", "Peak memory"}, upstream);
  }
  return html;
}

std::string failures_html(const Analysis& analysis) {
  const std::vector<Failure> failures = failures_of(analysis);
  if (failures.empty()) return text_element("p", "No job has failed.");
  std::string rows;
  for (const Failure& failure : failures) {
    rows +=
        row_of({failure.name, failure.status, failure.reason, fmt::format("{}", failure.attempt)});
  }
  return table(fmt::format("{} failure{}", failures.size(), failures.size() == 1 ? "" : "s"),
               {"Job", "State", "Reason", "Attempt"}, rows);
}

std::string cells_html(const Analysis& analysis) {
  std::vector<std::string> titles{"Cell", "State"};
  for (const std::string& metric : analysis.plan->metrics) titles.push_back(metric_text(metric));
  titles.insert(titles.end(), {"Wall", "Steps"});
  std::string rows;
  size_t shown = 0;
  for (const CellGroup& group : analysis.groups) {
    for (const CellResult& result : group.cells) {
      if (++shown <= kMostCellRows) rows += row_of(cell_texts(analysis, result));
    }
  }
  const std::string caption =
      shown <= kMostCellRows ? fmt::format("All {} cells", shown)
                             : fmt::format("The first {} of {} cells; all are in tables/cells.csv",
                                           kMostCellRows, shown);
  return element("details", text_element("summary", caption) + table(caption, titles, rows));
}

}  // namespace dovetail
