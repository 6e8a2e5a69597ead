// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>

// Checksums of files that are kept for later, so that one that is cut or damaged since is noticed
// and made again, and not used. XXH3 reads some 10 GB a second: the disk is the slower part.
namespace dovetail {

// Writes FILE.xxh: the file's size and hash. Throws SystemError.
void write_checksum(const std::filesystem::path& file);

// What is wrong with a file that write_checksum() has seen: "" if nothing is. A file without its
// FILE.xxh is not whole either. Reads the file once in a process, and again if its size or time
// changes.
std::string damage_of_file(const std::filesystem::path& file);

// The same of a folder of files: FOLDER/checksums.json. damage_of_folder() is "" for a folder
// without one, which an older version or another program has made. With `sizes_only` it reads none
// of the files.
inline constexpr const char* kFolderChecksums = "checksums.json";
void write_folder_checksums(const std::filesystem::path& folder);
std::string damage_of_folder(const std::filesystem::path& folder, bool sizes_only = false);

// publish_folder() with checksums.
void publish_checked_folder(const std::filesystem::path& target,
                            const std::function<void(const std::filesystem::path&)>& fill);

}  // namespace dovetail
