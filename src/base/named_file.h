// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace dovetail {

// The file of something that is kept as data: data/FOLDER/NAME.toml, or `name_or_file` itself where
// it ends in .toml. `what` is its word in the ConfigError for a name that is not known, which lists
// the known ones: "unknown lexicon "x": ...".
std::filesystem::path named_data_file(const std::string& what, const std::string& folder,
                                      const std::string& name_or_file);

}  // namespace dovetail
