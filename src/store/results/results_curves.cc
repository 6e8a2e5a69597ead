// SPDX-License-Identifier: Apache-2.0
#include "store/results/results_curves.h"

#include <algorithm>

namespace dovetail {

namespace {

struct Curves {
  std::vector<int32_t> cells, jobs;  // the row in /cells or in /jobs, else -1
  std::vector<std::string_view> names;
  std::vector<size_t> sizes;
  std::vector<double> steps;
  std::vector<double> values;

  // Includes curves of failed cells, which often show the reason.
  void add(const Record* record, int32_t cell, int32_t job) {
    if (record == nullptr) return;
    for (const auto& [name, curve] : record->curves) {
      const size_t size = std::min(curve.steps.size(), curve.values.size());
      cells.push_back(cell);
      jobs.push_back(job);
      names.push_back(name);
      sizes.push_back(size);
      steps.insert(steps.end(), curve.steps.begin(), curve.steps.begin() + size);
      for (size_t i = 0; i < size; ++i) values.push_back(one_nan(curve.values[i]));
    }
  }
};

}  // namespace

void write_curves(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents) {
  Curves curves;
  for (size_t i = 0; i < contents.shared_jobs.size(); ++i) {
    curves.add(contents.shared_jobs[i].record, -1, static_cast<int32_t>(i));
  }
  for (size_t i = 0; i < contents.cells.size(); ++i)
    curves.add(contents.cells[i].record, static_cast<int32_t>(i), -1);

  NetcdfGroup group(file, "curves", log);
  group.add_dimension("curve", std::ssize(curves.names));
  group.add_dimension("curve_edge", std::ssize(curves.names) + 1);
  group.add_dimension("point", std::ssize(curves.values));
  group.add_strings("name", "curve", curves.names);
  group.add("cell", {"curve"}, curves.cells);
  group.add("job", {"curve"}, curves.jobs);
  group.add("offsets", {"curve_edge"}, offsets_of(curves.sizes));
  group.add("step", {"point"}, curves.steps);
  group.add("value", {"point"}, curves.values);
}

}  // namespace dovetail
