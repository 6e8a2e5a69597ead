// SPDX-License-Identifier: Apache-2.0
#include "store/results/results_probes.h"

#include <algorithm>

namespace dovetail {

namespace {

constexpr const char* kEvidence[] = {"probe_depth_rank",    "probe_depth_rank_min", "probe_loss",
                                     "probe_template_loss", "probe_filling",        "race_score"};

double mean_of(const ResultRow& row, const std::string& name) {
  if (!row.finished()) return kNoNumber;
  const auto found = row.record->per_example.find(name);
  if (found == row.record->per_example.end() || found->second.empty()) return kNoNumber;
  double sum = 0;
  for (const float value : found->second) sum += value;
  return one_nan(sum / static_cast<double>(found->second.size()));
}

}  // namespace

void write_probes(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents) {
  const std::vector<ResultRow>& rows = contents.probes;
  if (rows.empty()) return;
  NetcdfGroup group(file, "probes", log);
  group.add_dimension("probe", std::ssize(rows));
  group.add_strings("name", "probe", column_of<std::string_view>(rows, [](const ResultRow& row) {
                      return std::string_view(row.cell->name);
                    }));
  group.add_strings("kind", "probe", column_of<std::string_view>(rows, [](const ResultRow& row) {
                      return std::string_view(row.cell->baseline);
                    }));
  for (const AxisIndex axis : {kObjective, kAdaptation, kTask, kTemplate}) {
    group.add_strings(kAxes[axis], "probe",
                      column_of<std::string_view>(rows, [&](const ResultRow& row) {
                        return std::string_view(row.cell->coordinates[axis]);
                      }));
  }
  add_status(group, {"probe"},
             column_of<uint8_t>(rows, [](const ResultRow& row) { return row.status(); }));
  for (const char* name : kEvidence) {
    group.add(name, {"probe"},
              column_of<double>(rows, [&](const ResultRow& row) { return mean_of(row, name); }),
              std::optional(kNoNumber));
  }
}

}  // namespace dovetail
