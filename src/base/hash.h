// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace dovetail {

// 128-bit content hashes (XXH3) as 32 hexadecimal digits. Not cryptographic.
std::string content_hash(std::string_view bytes);

// Hash of a file's bytes. Throws SystemError when the file cannot be read.
std::string file_hash(const std::filesystem::path& path);

// A 64-bit hash (XXH3), for seeds and checksums.
uint64_t hash64(std::string_view bytes, uint64_t seed = 0);

}  // namespace dovetail
