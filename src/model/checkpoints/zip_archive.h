// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace dovetail {

// The entries of a zip archive, by name, as views of its bytes. Reads stored entries only: PyTorch
// never compresses, and so an archive cannot grow when it is opened. Supports zip64. Throws
// DataError for a truncated archive or a directory that points outside of it.
std::map<std::string, std::string_view> zip_entries(std::string_view bytes,
                                                    const std::string& file_name);

}  // namespace dovetail
