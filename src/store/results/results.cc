// SPDX-License-Identifier: Apache-2.0
#include "store/results/results.h"

#include <unistd.h>

#include <bit>

#include "base/error.h"
#include "base/file.h"
#include "base/machine_failure.h"
#include "base/memory.h"
#include "base/this_process.h"
#include "store/results/netcdf.h"
#include "store/results/results_cells.h"
#include "store/results/results_contents.h"
#include "store/results/results_cube.h"
#include "store/results/results_curves.h"
#include "store/results/results_examples.h"
#include "store/results/results_probes.h"
#include "store/results/results_provenance.h"
#include "store/results/results_strata.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

// The root has attributes only. Whatever it held, readers of whole trees (xarray's DataTree, R's
// ncdf4) would take for part of every group: labels of the cube for those of the cells.
void write_root(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents) {
  NetcdfGroup root(file, log);
  root.add_attribute("Conventions", "CF-1.8");
  root.add_attribute("title", contents.plan.sweep_name);
  root.add_attribute("sweep_hash", contents.plan.sweep_hash);
  root.add_attribute("layout", "dovetail results 2");
  root.add_attribute("how_to_read",
                     "The labelled cube is the group cube, the table of cells the group cells: "
                     "xarray.open_dataset(FILE, group=\"cube\"). See docs/results.md of dovetail.");
}

std::string results_image(const ResultContents& contents, NetcdfLog& log) {
  const hdf5::Handle file = hdf5::create_file_in_memory();
  write_root(file, log, contents);
  for (const auto write : {write_cube, write_cells, write_shared_jobs, write_probes, write_examples,
                           write_strata, write_predictions, write_curves, write_provenance}) {
    write(file, log, contents);
    return_freed_memory();  // of its arrays, which the next group's and the image do not fit into
  }
  write_chars(file, log);
  return_freed_memory();
  return hdf5::file_image(file);
}

std::vector<double> read_numbers(const hdf5::Handle& file, const std::string& path) {
  const hdf5::Handle dataset = hdf5::open_dataset(file, path);
  std::vector<double> values(hdf5::shape_of(dataset).at(0));
  if (!values.empty()) hdf5::read_dataset(dataset, hdf5::type_of<double>(), values.data());
  return values;
}

void must_hold(bool holds, const std::string& what, const fs::path& path) {
  if (holds) return;
  throw_<SystemError>(
      "{} was written and read back, and {} differs from what was written. The disk or the HDF5 "
      "library (version {}) is faulty; nothing is lost, the journal has all results",
      path.string(), what, hdf5::library_version());
}

// Reads the file back as a user would. Checks that every data set has its shape, and that the
// statuses and metrics of all cells are bit-identical.
void validate(const fs::path& path, const ResultContents& contents, const NetcdfLog& log) {
  const hdf5::Handle file = hdf5::open_file(path);
  for (const auto& [name, shape] : log.shapes) {
    must_hold(hdf5::shape_of(hdf5::open_dataset(file, name)) == shape, "the shape of " + name,
              path);
  }
  int64_t num_finished = 0;
  for (const double status : read_numbers(file, "/cells/status")) {
    num_finished += status == static_cast<double>(CellStatus::finished);
  }
  must_hold(num_finished == contents.num_finished_cells, "the number of finished cells", path);
  for (const std::string& metric : contents.metrics) {
    const std::vector<double> values = read_numbers(file, "/cells/" + metric);
    for (size_t i = 0; i < contents.cells.size(); ++i) {
      const double expected = contents.cells[i].metric(metric);
      must_hold(std::bit_cast<uint64_t>(values[i]) == std::bit_cast<uint64_t>(expected),
                fmt::format("{} of {}", metric, contents.cells[i].name()), path);
    }
  }
}

[[noreturn]] void fail_publishing(const fs::path& target, size_t size,
                                  const std::exception& error) {
  const std::string message = fmt::format(
      "cannot publish {} ({} bytes): {}. No result is lost, the journal beside it has them all, "
      "and an older results.h5 is unchanged",
      target.string(), size, error.what());
  if (dynamic_cast<const MachineFailure*>(&error) != nullptr) throw MachineFailure(message);
  throw SystemError(message);
}

void publish(const fs::path& target, const ResultContents& contents) {
  NetcdfLog log;
  const std::string image = results_image(contents, log);
  fs::path unchecked = target;
  unchecked += fmt::format(".{}.{}.unchecked.tmp", host_name(), ::getpid());
  try {
    write_file_atomically(unchecked, image);
    validate(unchecked, contents, log);
    fs::rename(unchecked, target);
    sync_path(target.has_parent_path() ? target.parent_path() : fs::path("."));
  } catch (const std::exception& error) {
    std::error_code ignored;
    fs::remove(unchecked, ignored);
    fail_publishing(target, image.size(), error);
  }
}

}  // namespace

void write_results(const fs::path& target, const Plan& plan,
                   const std::map<std::string, Record>& records) {
  publish(target, ResultContents(plan, records));
}

void write_results(const fs::path& target, const PlanOutline& outline,
                   const std::map<std::string, Record>& records) {
  publish(target, ResultContents(outline, records));
}

}  // namespace dovetail
