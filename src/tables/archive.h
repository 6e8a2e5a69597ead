// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace dovetail {

// Whether the bytes begin as a file that unpack() can read: gzip, bzip2, xz, Zstandard, zip, tar.
bool is_packed(std::string_view bytes);

// The unpacked bytes: of the archive's entry of this name or, where `entry` is "", of its only
// file. `name` stands for the file in messages. DataError for broken data, an entry that is not
// there, and several files without a choice.
std::string unpack(std::string_view bytes, const std::string& entry, const std::string& name);

}  // namespace dovetail
