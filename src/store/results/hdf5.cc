// SPDX-License-Identifier: Apache-2.0
#include "store/results/hdf5.h"

#include <hdf5_hl.h>

#include <algorithm>

#include "base/error.h"

namespace dovetail::hdf5 {

namespace {

// Stops HDF5 from printing its errors to standard error; here they become exceptions.
void silence_once() {
  static const herr_t silenced = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  (void)silenced;
}

herr_t append_error(unsigned, const H5E_error2_t* error, void* text) {
  auto& lines = *static_cast<std::string*>(text);
  if (!lines.empty()) lines += "; ";
  lines += fmt::format("{} ({})", error->desc ? error->desc : "", error->func_name);
  return 0;
}

[[noreturn]] void fail(const std::string& what) {
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, append_error, &text);
  H5Eclear2(H5E_DEFAULT);
  throw_<SystemError>("HDF5 cannot {}: {}", what, text.empty() ? "it gives no reason" : text);
}

template <typename Result>
Result checked(Result result, const std::string& what) {
  if (result < 0) fail(what);
  return result;
}

Handle property_list(hid_t kind) {
  silence_once();
  return {H5Pcreate(kind), H5Pclose, "make a property list"};
}

// Keeps the order of creation, which listings then show. Leaves out times, so that the same content
// gives the same bytes.
void keep_order_not_times(const Handle& list, bool of_links) {
  constexpr unsigned kOrder = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
  checked(H5Pset_obj_track_times(list.id(), false), "leave out times");
  checked(H5Pset_attr_creation_order(list.id(), kOrder), "keep the order of attributes");
  if (of_links) checked(H5Pset_link_creation_order(list.id(), kOrder), "keep the order of links");
}

Handle space_of(const Shape& shape) {
  if (shape.empty()) return {H5Screate(H5S_SCALAR), H5Sclose, "make a scalar space"};
  return {H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose,
          "make a space"};
}

Handle utf8_names() {
  Handle list = property_list(H5P_LINK_CREATE);
  checked(H5Pset_char_encoding(list.id(), H5T_CSET_UTF8), "name in UTF-8");
  return list;
}

Handle create_attribute(const Handle& object, const std::string& name, hid_t type,
                        const Handle& space) {
  return {H5Acreate2(object.id(), name.c_str(), type, space.id(), H5P_DEFAULT, H5P_DEFAULT),
          H5Aclose, fmt::format("create the attribute {}", name)};
}

void write_attribute_value(const Handle& attribute, hid_t type, const void* value) {
  checked(H5Awrite(attribute.id(), type, value), "write an attribute");
}

Handle space_of_dataset(const Handle& dataset) {
  return {H5Dget_space(dataset.id()), H5Sclose, "get the space of a data set"};
}

}  // namespace

Handle::Handle(hid_t id, Close close, const std::string& what)
    : id_(checked(id, what)), close_(close) {}

Handle::~Handle() {
  if (id_ >= 0) close_(id_);
}

Handle& Handle::operator=(Handle&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(close_, other.close_);
  return *this;
}

Handle create_file_in_memory() {
  constexpr size_t kGrowth = 16 << 20;
  const Handle access = property_list(H5P_FILE_ACCESS);
  checked(H5Pset_fapl_core(access.id(), kGrowth, false), "make files in memory");
  const Handle creation = property_list(H5P_FILE_CREATE);
  keep_order_not_times(creation, true);
  return {H5Fcreate("results.h5", H5F_ACC_TRUNC, creation.id(), access.id()), H5Fclose,
          "make a file in memory"};
}

std::string file_image(const Handle& file) {
  checked(H5Fflush(file.id(), H5F_SCOPE_GLOBAL), "flush a file");
  const auto size = checked(H5Fget_file_image(file.id(), nullptr, 0), "measure a file");
  std::string image(static_cast<size_t>(size), '\0');
  checked(H5Fget_file_image(file.id(), image.data(), image.size()), "copy a file");
  return image;
}

Handle open_file(const std::filesystem::path& path) {
  const Handle access = property_list(H5P_FILE_ACCESS);
  // Results are published by rename and never changed in place, so they need no lock. On file
  // systems without flock a lock would fail.
  checked(H5Pset_file_locking(access.id(), false, true), "leave files unlocked");
  return {H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose,
          fmt::format("open {}", path.string())};
}

Handle create_group(const Handle& parent, const std::string& name) {
  const Handle creation = property_list(H5P_GROUP_CREATE);
  keep_order_not_times(creation, true);
  return {H5Gcreate2(parent.id(), name.c_str(), utf8_names().id(), creation.id(), H5P_DEFAULT),
          H5Gclose, fmt::format("create the group {}", name)};
}

Handle string_type(size_t bytes) {
  silence_once();
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "copy a type");
  checked(H5Tset_size(type.id(), bytes), "make a string type");
  checked(H5Tset_cset(type.id(), H5T_CSET_UTF8), "make a UTF-8 type");
  return type;
}

Handle create_dataset(const Handle& parent, const std::string& name, hid_t type, const Shape& shape,
                      const Shape& chunk, const void* fill) {
  const Handle creation = property_list(H5P_DATASET_CREATE);
  keep_order_not_times(creation, false);
  if (!chunk.empty()) {
    checked(H5Pset_chunk(creation.id(), static_cast<int>(chunk.size()), chunk.data()),
            "set chunks");
    checked(H5Pset_shuffle(creation.id()), "set the shuffle filter");
    checked(H5Pset_deflate(creation.id(), 1), "set the deflate filter");
  }
  if (fill != nullptr) checked(H5Pset_fill_value(creation.id(), type, fill), "set a fill value");
  return {H5Dcreate2(parent.id(), name.c_str(), type, space_of(shape).id(), utf8_names().id(),
                     creation.id(), H5P_DEFAULT),
          H5Dclose, fmt::format("create the data set {}", name)};
}

Handle open_dataset(const Handle& file, const std::string& path) {
  return {H5Dopen2(file.id(), path.c_str(), H5P_DEFAULT), H5Dclose,
          fmt::format("open the data set {}", path)};
}

void write_dataset(const Handle& dataset, hid_t memory_type, const void* data) {
  checked(H5Dwrite(dataset.id(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data),
          "write a data set");
}

void read_dataset(const Handle& dataset, hid_t memory_type, void* data) {
  checked(H5Dread(dataset.id(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data),
          "read a data set");
}

void write_raw_chunk(const Handle& dataset, const Shape& offset, std::span<const uint8_t> bytes) {
  constexpr uint32_t kAllFiltersApplied = 0;
  checked(H5Dwrite_chunk(dataset.id(), H5P_DEFAULT, kAllFiltersApplied, offset.data(), bytes.size(),
                         bytes.data()),
          "write a chunk");
}

Shape shape_of(const Handle& dataset) {
  const Handle space = space_of_dataset(dataset);
  const int rank = checked(H5Sget_simple_extent_ndims(space.id()), "get a rank");
  Shape shape(static_cast<size_t>(rank));
  checked(H5Sget_simple_extent_dims(space.id(), shape.data(), nullptr), "get a shape");
  return shape;
}

void write_attribute(const Handle& object, const std::string& name, const std::string& text) {
  const Handle type = string_type(std::max<size_t>(text.size(), 1));
  write_attribute_value(create_attribute(object, name, type.id(), space_of({})), type.id(),
                        text.c_str());
}

void write_attribute(const Handle& object, const std::string& name, hid_t type, const void* value,
                     int64_t count) {
  const Handle space = space_of(count == 0 ? Shape{} : Shape{static_cast<hsize_t>(count)});
  write_attribute_value(create_attribute(object, name, type, space), type, value);
}

void make_scale(const Handle& dataset, const std::string& name) {
  checked(H5DSset_scale(dataset.id(), name.c_str()),
          fmt::format("make {} a dimension scale", name));
}

void attach_scale(const Handle& dataset, const Handle& scale, unsigned dimension) {
  checked(H5DSattach_scale(dataset.id(), scale.id(), dimension), "attach a dimension scale");
}

std::string library_version() {
  unsigned major = 0, minor = 0, release = 0;
  checked(H5get_libversion(&major, &minor, &release), "say its version");
  return fmt::format("{}.{}.{}", major, minor, release);
}

}  // namespace dovetail::hdf5
