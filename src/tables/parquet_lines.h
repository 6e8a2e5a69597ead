// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace dovetail {

// Whether the bytes begin as a Parquet file.
bool is_parquet(std::string_view bytes);

// The rows of a Parquet file as JSON lines. The program dovetail-parquet reads it, so that nobody
// else's start has to load Arrow's libraries. DataError for a file that it cannot read, and where
// this Dovetail was built without that program.
std::string parquet_lines(const std::filesystem::path& file);

// Writes a table as a Parquet file, by the same program. The first line of `rows` is a JSON list of
// the columns, {"name", "type": text, number or integer}, each further one a JSON array of a row's
// values; null is missing. DataError and SystemError as above.
void write_parquet(const std::filesystem::path& rows, const std::filesystem::path& to);

}  // namespace dovetail
