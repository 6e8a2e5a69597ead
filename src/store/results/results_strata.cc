// SPDX-License-Identifier: Apache-2.0
#include "store/results/results_strata.h"

#include <algorithm>
#include <set>

namespace dovetail {

namespace {

struct StrataColumns {
  std::vector<int32_t> cells;
  std::vector<std::string> columns, values;
  std::vector<double> examples;
  std::map<std::string, std::vector<double>> means;  // by metric
};

// NaN for a metric that the cell lacks, or without evidence on all of these examples.
double mean_within(const Record& record, const std::string& metric, const std::vector<bool>& in) {
  const auto scores = record.per_example.find(metric);
  if (scores == record.per_example.end()) return kNoNumber;
  double sum = 0, count = 0;
  for (size_t i = 0; i < std::min(in.size(), scores->second.size()); ++i) {
    if (!in[i] || std::isnan(scores->second[i])) continue;
    sum += scores->second[i];
    ++count;
  }
  return count == 0 ? kNoNumber : sum / count;
}

// The metrics that are means over examples, of which some cell has the examples' scores.
std::vector<std::string> example_metrics(const ResultContents& contents) {
  std::set<std::string> scored;
  for (const ResultRow& row : contents.cells) {
    if (!row.finished()) continue;
    for (const auto& [name, scores] : row.record->per_example) scored.insert(name);
  }
  std::vector<std::string> names;
  for (const std::string& name : contents.metrics) {
    const bool corpus_level = traits_of(contents.plan.metric_traits, name).corpus_level;
    if (!corpus_level && scored.contains(name)) names.push_back(name);
  }
  return names;
}

void add_cell(int32_t cell, const Record& record, const TaskStrata& strata,
              const std::vector<std::string>& metrics, StrataColumns& rows) {
  for (size_t column = 0; column < strata.columns.size(); ++column) {
    for (const std::string& value : stratum_names(strata, column)) {
      const std::vector<bool> in = examples_in(strata, {{strata.columns[column], {value}}});
      rows.cells.push_back(cell);
      rows.columns.push_back(strata.columns[column]);
      rows.values.push_back(value);
      rows.examples.push_back(static_cast<double>(std::ranges::count(in, true)));
      for (const std::string& metric : metrics)
        rows.means[metric].push_back(mean_within(record, metric, in));
    }
  }
}

}  // namespace

void write_strata(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents) {
  if (contents.plan.strata.empty()) return;
  const std::vector<std::string> metrics = example_metrics(contents);
  StrataColumns rows;
  for (size_t i = 0; i < contents.cells.size(); ++i) {
    const ResultRow& row = contents.cells[i];
    const auto strata = contents.plan.strata.find(row.cell->coordinates[kTask]);
    if (!row.finished() || strata == contents.plan.strata.end()) continue;
    add_cell(static_cast<int32_t>(i), *row.record, strata->second, metrics, rows);
  }
  NetcdfGroup group(file, "strata", log);
  group.add_dimension("stratum", std::ssize(rows.cells));
  group.add("cell", {"stratum"}, rows.cells);
  group.add_strings("column", "stratum", {rows.columns.begin(), rows.columns.end()});
  group.add_strings("value", "stratum", {rows.values.begin(), rows.values.end()});
  group.add("examples", {"stratum"}, rows.examples);
  for (const std::string& metric : metrics) {
    std::vector<double>& means = rows.means[metric];
    means.resize(rows.cells.size(), kNoNumber);
    group.add(metric, {"stratum"}, means, std::optional(kNoNumber));
  }
}

}  // namespace dovetail
