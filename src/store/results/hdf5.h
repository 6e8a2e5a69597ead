// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

// RAII over the HDF5 C API. One wrapper around each C function throws SystemError with HDF5's own
// error text; code above this file closes no hid_t and checks no herr_t.
namespace dovetail::hdf5 {

using Shape = std::vector<hsize_t>;

// An identifier and the function that closes it.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);
  // Throws SystemError "cannot WHAT: ..." if `id` is negative: the C call failed.
  Handle(hid_t id, Close close, const std::string& what);
  ~Handle();
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept;
  hid_t id() const { return id_; }

 private:
  hid_t id_;
  Close close_;
};

// Files. New ones are made in memory, so that a full disk fails in our own code, which reports it
// and leaves nothing behind, and not inside HDF5 while it writes metadata.
Handle create_file_in_memory();
std::string file_image(const Handle& file);
Handle open_file(const std::filesystem::path& path);  // read-only, without HDF5's file locks

Handle create_group(const Handle& parent, const std::string& name);

// Types in memory. On disk they are the same, and little-endian.
template <typename T>
hid_t type_of();
template <>
inline hid_t type_of<double>() {
  return H5T_NATIVE_DOUBLE;
}
template <>
inline hid_t type_of<float>() {
  return H5T_NATIVE_FLOAT;
}
template <>
inline hid_t type_of<int64_t>() {
  return H5T_NATIVE_INT64;
}
template <>
inline hid_t type_of<int32_t>() {
  return H5T_NATIVE_INT32;
}
template <>
inline hid_t type_of<uint8_t>() {
  return H5T_NATIVE_UINT8;
}
template <>
inline hid_t type_of<char>() {
  return H5T_C_S1;  // a string of one byte: netCDF's type char
}
Handle string_type(size_t bytes = H5T_VARIABLE);  // UTF-8

// Data sets. An empty `chunk` makes a contiguous one, any other a chunked, shuffled and deflated
// one. `fill` points at one value of `type`, or is null.
Handle create_dataset(const Handle& parent, const std::string& name, hid_t type, const Shape& shape,
                      const Shape& chunk, const void* fill);
Handle open_dataset(const Handle& file, const std::string& path);
void write_dataset(const Handle& dataset, hid_t memory_type, const void* data);
void read_dataset(const Handle& dataset, hid_t memory_type, void* data);
// Writes one chunk that is already shuffled and deflated.
void write_raw_chunk(const Handle& dataset, const Shape& offset, std::span<const uint8_t> bytes);
Shape shape_of(const Handle& dataset);

// Attributes. Texts have a fixed length, as netCDF's own: Octave reads no other.
void write_attribute(const Handle& object, const std::string& name, const std::string& text);
void write_attribute(const Handle& object, const std::string& name, hid_t type, const void* value,
                     int64_t count = 0);  // count 0: a scalar

// Dimension scales (the HDF5 "high level" library).
void make_scale(const Handle& dataset, const std::string& name);
void attach_scale(const Handle& dataset, const Handle& scale, unsigned dimension);

// "1.10.8"
std::string library_version();

}  // namespace dovetail::hdf5
