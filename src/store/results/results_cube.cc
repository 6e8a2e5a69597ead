// SPDX-License-Identifier: Apache-2.0
#include "store/results/results_cube.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/error.h"

namespace dovetail {

namespace {

// A grid over some axes: gives each cell its place in a row-major array.
class Grid {
 public:
  // Keeps those of `axes` (indices into kAxes) that the plan has.
  Grid(const Plan& plan, const std::vector<size_t>& axes) {
    for (const size_t axis : axes) {
      const auto labels = plan.axis_labels.find(kAxes[axis]);
      if (labels == plan.axis_labels.end() || labels->second.empty()) continue;
      Axis entry{axis, {}};
      for (const std::string& label : labels->second)
        entry.places.emplace(label, entry.places.size());
      size_ *= static_cast<int64_t>(labels->second.size());
      dimensions_.push_back(kAxes[axis]);
      axes_.push_back(std::move(entry));
    }
  }

  const std::vector<std::string>& dimensions() const { return dimensions_; }
  int64_t size() const { return size_; }

  int64_t place_of(const Cell& cell) const {
    int64_t place = 0;
    for (const Axis& axis : axes_) {
      const auto found = axis.places.find(cell.coordinates[axis.axis]);
      if (found == axis.places.end()) {
        throw_<DataError>("cell {} lies at {} \"{}\", which is no label of that axis in plan.json",
                          cell.name, kAxes[axis.axis], cell.coordinates[axis.axis]);
      }
      place = place * static_cast<int64_t>(axis.places.size()) + found->second;
    }
    return place;
  }

  // Puts the value of each row at its place, and `empty` elsewhere.
  template <typename T, typename Value>
  std::vector<T> spread(const std::vector<const ResultRow*>& rows, T empty, Value value) const {
    std::vector<T> values(static_cast<size_t>(size_), empty);
    for (const ResultRow* row : rows) values[place_of(*row->cell)] = static_cast<T>(value(*row));
    return values;
  }

 private:
  struct Axis {
    size_t axis = 0;                        // index into kAxes
    std::map<std::string, int64_t> places;  // by label
  };
  std::vector<Axis> axes_;
  std::vector<std::string> dimensions_;
  int64_t size_ = 1;
};

std::vector<const ResultRow*> rows_of(const ResultContents& contents, const std::string& baseline) {
  std::vector<const ResultRow*> rows;
  for (const ResultRow& row : contents.cells) {
    if (row.cell->baseline == baseline) rows.push_back(&row);
  }
  return rows;
}

void write_tuned(NetcdfGroup& cube, const ResultContents& contents) {
  std::vector<size_t> all(kAxes.size());
  std::iota(all.begin(), all.end(), size_t{0});
  const Grid grid(contents.plan, all);
  const std::vector<const ResultRow*> rows = rows_of(contents, "");
  const auto& dimensions = grid.dimensions();
  for (const std::string& metric : contents.metrics) {
    const auto values =
        grid.spread(rows, kNoNumber, [&](const ResultRow& row) { return row.metric(metric); });
    cube.add(metric, dimensions, values, std::optional(kNoNumber));
  }
  const auto status = grid.spread(rows, static_cast<uint8_t>(CellStatus::excluded),
                                  [](const ResultRow& row) { return row.status(); });
  add_status(cube, dimensions, status);
  const auto seconds = grid.spread(rows, kNoNumber, [](const ResultRow& row) {
    return row.record ? one_nan(row.record->cost.wall_seconds) : kNoNumber;
  });
  // "s" and not "seconds", which xarray would turn into durations.
  hdf5::write_attribute(cube.add("wall_seconds", dimensions, seconds, std::optional(kNoNumber)),
                        "units", "s");
  const auto tokens = grid.spread(rows, kNoNumber, [](const ResultRow& row) {
    return row.record ? static_cast<double>(row.record->cost.train_tokens) : kNoNumber;
  });
  cube.add("train_tokens", dimensions, tokens, std::optional(kNoNumber));
  const auto num_test =
      grid.spread(rows, kNoNumber, [](const ResultRow& row) { return row.num_test(); });
  cube.add("num_test", dimensions, num_test, std::optional(kNoNumber));
}

// The axes on which a baseline's cells have labels.
std::vector<size_t> axes_of(const std::vector<const ResultRow*>& rows) {
  std::vector<size_t> axes;
  for (size_t axis = 0; axis < kAxes.size(); ++axis) {
    const bool used = std::any_of(rows.begin(), rows.end(), [&](const ResultRow* row) {
      return !row->cell->coordinates[axis].empty();
    });
    if (used) axes.push_back(axis);
  }
  return axes;
}

void write_baselines(NetcdfGroup& cube, const ResultContents& contents) {
  std::vector<std::string> baselines;
  for (const ResultRow& row : contents.cells) {
    const std::string& name = row.cell->baseline;
    if (name.empty() || std::find(baselines.begin(), baselines.end(), name) != baselines.end())
      continue;
    baselines.push_back(name);
  }
  for (const std::string& baseline : baselines) {
    const std::vector<const ResultRow*> rows = rows_of(contents, baseline);
    const Grid grid(contents.plan, axes_of(rows));
    for (const std::string& metric : contents.metrics) {
      const auto values =
          grid.spread(rows, kNoNumber, [&](const ResultRow& row) { return row.metric(metric); });
      cube.add(baseline + "_" + metric, grid.dimensions(), values, std::optional(kNoNumber));
    }
  }
}

}  // namespace

void write_cube(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents) {
  NetcdfGroup cube(file, "cube", log);
  cube.add_attribute("title", contents.plan.sweep_name);
  std::string axes;
  for (const char* axis : kAxes) {
    const auto labels = contents.plan.axis_labels.find(axis);
    if (labels == contents.plan.axis_labels.end() || labels->second.empty()) continue;
    cube.add_labels(axis, labels->second);
    axes += axes.empty() ? axis : fmt::format(" {}", axis);
  }
  cube.add_attribute("axes", axes);  // for readers that do not name dimensions
  write_tuned(cube, contents);
  write_baselines(cube, contents);
}

}  // namespace dovetail
