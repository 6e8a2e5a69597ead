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

}  // namespace dovetail
