// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/results/hdf5.h"

// HDF5 groups in the netCDF-4 conventions: a dimension scale for every dimension, attached to every
// variable that has it. So xarray, netCDF-4, h5py and others read labels and dimensions directly.
// docs.unidata.ucar.edu/netcdf-c/current/file_format_specifications.html#netcdf_4_spec
namespace dovetail {

// What was written: the shapes of all data sets, for the check after writing, and all texts, for
// write_chars().
struct NetcdfLog {
  struct Text {
    std::string group, name;  // "/cells", "reason"
    std::string bytes;        // of an array, each text ends with a newline
  };
  std::vector<std::pair<std::string, hdf5::Shape>> shapes;  // by path
  std::vector<Text> texts;
  int32_t num_dimensions = 0;
};

class NetcdfGroup {
 public:
  // The root group, or a new group of this name below it.
  NetcdfGroup(const hdf5::Handle& file, NetcdfLog& log);
  NetcdfGroup(const hdf5::Handle& file, const std::string& name, NetcdfLog& log);

  // Adds a dimension without values.
  void add_dimension(const std::string& name, int64_t size);
  // Adds a dimension with a label for each index (in xarray's terms a coordinate).
  void add_labels(const std::string& name, const std::vector<std::string>& labels);

  // Adds a variable, row-major. `fill` is its value for "missing", stored as _FillValue.
  template <typename T>
  hdf5::Handle add(const std::string& name, const std::vector<std::string>& dimensions,
                   std::span<const T> values, std::optional<T> fill = std::nullopt) {
    return add_array(name, dimensions, hdf5::type_of<T>(), sizeof(T), values.data(), values.size(),
                     fill ? &*fill : nullptr);
  }
  template <typename T>
  hdf5::Handle add(const std::string& name, const std::vector<std::string>& dimensions,
                   const std::vector<T>& values, std::optional<T> fill = std::nullopt) {
    return add(name, dimensions, std::span<const T>(values), fill);
  }
  void add_strings(const std::string& name, const std::string& dimension,
                   const std::vector<std::string_view>& values);
  void add_text(const std::string& name, const std::string& text);  // a scalar
  // Adds an array of netCDF's type char along a dimension of its own, NAME_bytes.
  void add_chars(const std::string& name, const std::string& utf8);

  void add_attribute(const std::string& name, const std::string& text);

 private:
  struct Dimension {
    int64_t size = 0;
    hdf5::Handle scale;
  };
  const hdf5::Handle& here() const { return group_ ? *group_ : file_; }
  hdf5::Handle add_array(const std::string& name, const std::vector<std::string>& dimensions,
                         hid_t type, size_t element_bytes, const void* data, size_t count,
                         const void* fill);
  hdf5::Shape shape_of(const std::vector<std::string>& dimensions) const;
  void attach(const hdf5::Handle& dataset, const std::vector<std::string>& dimensions);
  hdf5::Handle create(const std::string& name, hid_t type, const hdf5::Shape& shape,
                      const hdf5::Shape& chunk, const void* fill);
  void keep_scale(const std::string& name, int64_t size, hdf5::Handle scale,
                  const std::string& scale_name);
  template <typename Texts>
  void keep_texts(const std::string& name, const Texts& texts);

  const hdf5::Handle& file_;
  std::optional<hdf5::Handle> group_;
  std::string path_;
  NetcdfLog& log_;
  std::map<std::string, Dimension> dimensions_;
};

// Writes /chars: every text that `log` has, once more as chars, at the path that it has below the
// root. Readers that know no netCDF-4 strings, such as Octave, read these.
void write_chars(const hdf5::Handle& file, NetcdfLog& log);

// Makes a text storable as a UTF-8 string: bytes that are not UTF-8, and NUL, become U+FFFD.
std::string utf8_text(std::string_view text);

}  // namespace dovetail
