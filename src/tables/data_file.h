// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"

namespace dovetail {

// A data file, or a file within an archive.
struct DataPath {
  std::filesystem::path file;
  std::string entry;  // "" outside archives
};

// "sets.zip/train.csv" is the entry train.csv of the file sets.zip. nullopt if there is neither a
// file of that name nor such an archive.
std::optional<DataPath> find_data_path(const std::filesystem::path& path);

// Hash of the file's bytes as they lie on disk, and of the entry's name. SystemError if it cannot
// be read.
std::string data_file_hash(const std::filesystem::path& path);

// The text of a data file, ready to be cut into rows: unpacked (gzip, bzip2, xz and Zstandard; the
// one file of a zip or tar archive, or the named one) and in UTF-8. A Parquet file is JSON lines.
// What a file is, its first bytes tell; its name does not matter.
class DataFile {
 public:
  // `encoding` is a name that iconv knows, in any spelling ("latin-1", "UTF-16", "cp1252"); "" is
  // UTF-8, which is checked row by row. DataError for an archive of several files, broken data, and
  // text that is not in the encoding.
  explicit DataFile(const std::filesystem::path& path, const std::string& encoding = "");

  std::string_view bytes() const { return unpacked_ ? *unpacked_ : mapped_.bytes(); }
  bool is_parquet_file() const;

 private:
  DataFile(const std::filesystem::path& path, const DataPath& found, const std::string& encoding);

  std::string name_;
  MappedFile mapped_;
  std::optional<std::string> unpacked_;
};

// Whether iconv knows the encoding.
bool is_known_encoding(const std::string& encoding);

}  // namespace dovetail
