// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dovetail {

// The names of the TOML files in a folder of the project's data, sorted: "mto" for mto.toml. Empty
// for a folder that is not there.
std::vector<std::string> data_file_names(const std::string& folder);

// The file of a named piece of data: data/FOLDER/NAME.toml, or `name_or_file` itself where it ends
// in .toml. ConfigError `unknown NOUN "NAME": ...` for an unknown name, with the known ones.
std::filesystem::path named_data_file(const std::string& noun, const std::string& folder,
                                      const std::string& name_or_file);

}  // namespace dovetail
