// SPDX-License-Identifier: Apache-2.0
#include "store/results/netcdf.h"

#include <algorithm>

#include "base/error.h"
#include "store/results/chunks.h"

namespace dovetail {

using hdf5::Handle;
using hdf5::Shape;

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// The length in bytes of the well-formed UTF-8 character at the start of `text`; 0 if there is none
// (Unicode 15, table 3-7).
size_t character_bytes(std::string_view text) {
  const auto at = [&](size_t i) { return i < text.size() ? static_cast<uint8_t>(text[i]) : 0; };
  const uint8_t first = at(0);
  const auto in = [](uint8_t value, int low, int high) { return value >= low && value <= high; };
  const auto tail = [&](size_t i) { return in(at(i), 0x80, 0xBF); };
  if (in(first, 0x01, 0x7F)) return 1;
  if (in(first, 0xC2, 0xDF)) return tail(1) ? 2 : 0;
  if (in(first, 0xE0, 0xEF)) {
    const int low = first == 0xE0 ? 0xA0 : 0x80, high = first == 0xED ? 0x9F : 0xBF;
    return in(at(1), low, high) && tail(2) ? 3 : 0;
  }
  if (in(first, 0xF0, 0xF4)) {
    const int low = first == 0xF0 ? 0x90 : 0x80, high = first == 0xF4 ? 0x8F : 0xBF;
    return in(at(1), low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

// Ends each text with a newline; newlines inside a text become blanks.
void append_line(std::string& lines, std::string_view text) {
  const size_t begin = lines.size();
  lines += text;
  std::replace(lines.begin() + static_cast<std::ptrdiff_t>(begin), lines.end(), '\n', ' ');
  lines += '\n';
}

bool plain_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
}

}  // namespace

std::string utf8_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t bytes = character_bytes(text);
    out += bytes > 0 ? text.substr(0, bytes) : kReplacement;
    text.remove_prefix(std::max<size_t>(bytes, 1));
  }
  return out;
}

NetcdfGroup::NetcdfGroup(const Handle& file, NetcdfLog& log) : file_(file), log_(log) {}

NetcdfGroup::NetcdfGroup(const Handle& file, const std::string& name, NetcdfLog& log)
    : file_(file), group_(hdf5::create_group(file, name)), path_("/" + name), log_(log) {}

void NetcdfGroup::add_dimension(const std::string& name, int64_t size) {
  // netCDF-4 writes this type and name, and looks for them.
  Handle scale = create(name, H5T_IEEE_F32BE, {static_cast<hsize_t>(size)}, {}, nullptr);
  keep_scale(name, size, std::move(scale),
             fmt::format("This is a netCDF dimension but not a netCDF variable.{:10d}", size));
}

void NetcdfGroup::add_labels(const std::string& name, const std::vector<std::string>& labels) {
  const Handle type = hdf5::string_type();
  Handle scale = create(name, type.id(), {labels.size()}, {}, nullptr);
  std::vector<const char*> pointers;
  for (const std::string& label : labels) pointers.push_back(label.c_str());
  hdf5::write_dataset(scale, type.id(), pointers.data());
  keep_scale(name, static_cast<int64_t>(labels.size()), std::move(scale), name);
  keep_texts(name, labels);
}

void NetcdfGroup::keep_scale(const std::string& name, int64_t size, Handle scale,
                             const std::string& scale_name) {
  hdf5::make_scale(scale, scale_name);
  const int32_t number = log_.num_dimensions++;
  hdf5::write_attribute(scale, "_Netcdf4Dimid", hdf5::type_of<int32_t>(), &number);
  dimensions_.emplace(name, Dimension{size, std::move(scale)});
}

void NetcdfGroup::add_strings(const std::string& name, const std::string& dimension,
                              const std::vector<std::string_view>& values) {
  // Copies the texts, because HDF5 wants a NUL at the end, which a string_view may lack.
  std::string ends;
  std::vector<size_t> offsets;
  for (const std::string_view value : values) {
    offsets.push_back(ends.size());
    ends += plain_ascii(value) ? value : std::string_view(utf8_text(value));
    ends += '\0';
  }
  std::vector<const char*> pointers;
  for (const size_t offset : offsets) pointers.push_back(ends.data() + offset);
  const Handle type = hdf5::string_type();
  const Shape shape = shape_of({dimension});
  DOVETAIL_CHECK_EQ(values.size(), shape[0]);
  const Handle dataset = create(name, type.id(), shape, {}, nullptr);
  if (!values.empty()) hdf5::write_dataset(dataset, type.id(), pointers.data());
  attach(dataset, {dimension});
  keep_texts(name, pointers);
}

template <typename Texts>
void NetcdfGroup::keep_texts(const std::string& name, const Texts& texts) {
  NetcdfLog::Text kept{path_, name, {}};
  for (const auto& text : texts) append_line(kept.bytes, text);
  log_.texts.push_back(std::move(kept));
}

void NetcdfGroup::add_text(const std::string& name, const std::string& text) {
  const Handle type = hdf5::string_type();
  const std::string clean = utf8_text(text);
  const char* pointer = clean.c_str();
  hdf5::write_dataset(create(name, type.id(), {}, {}, nullptr), type.id(), &pointer);
  log_.texts.push_back({path_, name, clean});
}

void NetcdfGroup::add_chars(const std::string& name, const std::string& utf8) {
  const std::string dimension = name + "_bytes";
  add_dimension(dimension, std::ssize(utf8));
  const Handle chars = add(name, {dimension}, std::span<const char>(utf8));
  hdf5::write_attribute(chars, "_Encoding", "utf-8");
}

void write_chars(const Handle& file, NetcdfLog& log) {
  const std::vector<NetcdfLog::Text> texts = std::move(log.texts);
  NetcdfGroup(file, "chars", log);
  std::string path;
  std::optional<NetcdfGroup> group;
  for (const NetcdfLog::Text& text : texts) {
    if (!group || path != text.group) group.emplace(file, "chars" + (path = text.group), log);
    group->add_chars(text.name, text.bytes);
  }
}

void NetcdfGroup::add_attribute(const std::string& name, const std::string& text) {
  hdf5::write_attribute(here(), name, utf8_text(text));
}

Handle NetcdfGroup::add_array(const std::string& name, const std::vector<std::string>& dimensions,
                              hid_t type, size_t element_bytes, const void* data, size_t count,
                              const void* fill) {
  const Shape shape = shape_of(dimensions);
  size_t expected = 1;
  for (const hsize_t size : shape) expected *= size;
  DOVETAIL_CHECK_EQ(count, expected);
  const Shape chunk = hdf5::chunk_shape(shape, element_bytes);
  Handle dataset = create(name, type, shape, chunk, fill);
  if (!chunk.empty()) {
    hdf5::write_chunks(dataset, shape, chunk, element_bytes, data);
  } else if (count > 0) {
    hdf5::write_dataset(dataset, type, data);
  }
  if (fill != nullptr) hdf5::write_attribute(dataset, "_FillValue", type, fill, 1);
  attach(dataset, dimensions);
  return dataset;
}

Shape NetcdfGroup::shape_of(const std::vector<std::string>& dimensions) const {
  Shape shape;
  for (const std::string& name : dimensions) {
    const auto found = dimensions_.find(name);
    DOVETAIL_CHECK(found != dimensions_.end());
    shape.push_back(static_cast<hsize_t>(found->second.size));
  }
  return shape;
}

void NetcdfGroup::attach(const Handle& dataset, const std::vector<std::string>& dimensions) {
  for (size_t i = 0; i < dimensions.size(); ++i) {
    hdf5::attach_scale(dataset, dimensions_.at(dimensions[i]).scale, static_cast<unsigned>(i));
  }
}

Handle NetcdfGroup::create(const std::string& name, hid_t type, const Shape& shape,
                           const Shape& chunk, const void* fill) {
  log_.shapes.emplace_back(path_ + "/" + name, shape);
  return hdf5::create_dataset(here(), name, type, shape, chunk, fill);
}

}  // namespace dovetail
