// SPDX-License-Identifier: Apache-2.0
#include "tables/data_file.h"

#include <iconv.h>

#include <algorithm>
#include <cerrno>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "tables/archive.h"
#include "tables/parquet_lines.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

const auto kNoConverter = reinterpret_cast<iconv_t>(-1);

std::string without_dashes(std::string text) {
  std::erase_if(text, [](char letter) { return letter == '-' || letter == '_'; });
  return text;
}

// Converts from an encoding to UTF-8. iconv knows "latin1" and "utf-16"; people write "latin-1" and
// "utf_16" too.
class Converter {
 public:
  explicit Converter(const std::string& encoding) {
    handle_ = iconv_open("UTF-8", encoding.c_str());
    if (handle_ == kNoConverter) handle_ = iconv_open("UTF-8", without_dashes(encoding).c_str());
  }
  ~Converter() {
    if (handle_ != kNoConverter) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  bool is_known() const { return handle_ != kNoConverter; }

  // Returns the position of the first byte that is not in the encoding; nullopt when all are.
  std::optional<size_t> convert(std::string_view bytes, std::string& text) {
    char* from = const_cast<char*>(bytes.data());  // iconv writes nothing there
    size_t left = bytes.size();
    std::string chunk(1 << 16, '\0');
    while (left > 0) {
      char* to = chunk.data();
      size_t room = chunk.size();
      const size_t done = iconv(handle_, &from, &left, &to, &room);
      text.append(chunk.data(), chunk.size() - room);
      if (done == static_cast<size_t>(-1) && errno != E2BIG) return bytes.size() - left;
    }
    return std::nullopt;
  }

 private:
  iconv_t handle_ = kNoConverter;
};

bool is_utf8(const std::string& encoding) {
  return encoding.empty() || lower_case(without_dashes(encoding)) == "utf8";
}

std::string in_utf8(std::string_view bytes, const std::string& encoding, const std::string& name) {
  Converter converter(encoding);
  std::string text;
  if (const auto at = converter.convert(bytes, text)) {
    throw_<DataError>("{}: byte {} is no text in the encoding \"{}\"; correct the key encoding",
                      name, *at + 1, encoding);
  }
  return text;
}

void refuse_utf16(std::string_view bytes, const std::string& name) {
  if (!bytes.starts_with("\xff\xfe") && !bytes.starts_with("\xfe\xff")) return;
  throw_<DataError>("{}: this is UTF-16; set encoding = \"utf-16\" in the card", name);
}

DataPath data_path_of(const fs::path& path) {
  return find_data_path(path).value_or(DataPath{.file = path, .entry = ""});
}

}  // namespace

std::optional<DataPath> find_data_path(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored)) return DataPath{.file = path, .entry = ""};
  for (fs::path file = path.parent_path(); file.has_relative_path(); file = file.parent_path()) {
    if (!fs::is_regular_file(file, ignored)) continue;
    return DataPath{.file = file, .entry = path.lexically_relative(file).generic_string()};
  }
  return std::nullopt;
}

std::string data_file_hash(const fs::path& path) {
  const DataPath found = data_path_of(path);
  const std::string hash = file_hash(found.file);
  return found.entry.empty() ? hash : content_hash(hash + "/" + found.entry);
}

DataFile::DataFile(const fs::path& path, const std::string& encoding)
    : DataFile(path, data_path_of(path), encoding) {}

DataFile::DataFile(const fs::path& path, const DataPath& found, const std::string& encoding)
    : name_(path.string()), mapped_(found.file) {
  if (is_packed(mapped_.bytes())) {
    unpacked_ = unpack(mapped_.bytes(), found.entry, found.file.string());
  } else if (!found.entry.empty()) {
    throw_<DataError>("{}: this is no archive, so there is no \"{}\" in it", found.file.string(),
                      found.entry);
  }
  if (is_parquet(bytes())) {
    if (unpacked_) throw_<DataError>("{}: unpack this Parquet file first", name_);
    unpacked_ = parquet_lines(found.file);
  }
  if (is_utf8(encoding)) {
    refuse_utf16(bytes(), name_);
  } else {
    unpacked_ = in_utf8(bytes(), encoding, name_);
  }
}

bool DataFile::is_parquet_file() const { return is_parquet(mapped_.bytes()); }

bool is_known_encoding(const std::string& encoding) {
  return is_utf8(encoding) || Converter(encoding).is_known();
}

}  // namespace dovetail
