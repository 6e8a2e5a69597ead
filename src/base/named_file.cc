// SPDX-License-Identifier: Apache-2.0
#include "base/named_file.h"

#include <algorithm>

#include "base/data_folder.h"
#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace fs = std::filesystem;

std::vector<std::string> data_file_names(const std::string& folder) {
  std::vector<std::string> names;
  const fs::path all = data_folder() / folder;
  if (!fs::is_directory(all)) return names;
  for (const auto& entry : fs::directory_iterator(all)) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

fs::path named_data_file(const std::string& noun, const std::string& folder,
                         const std::string& name_or_file) {
  if (name_or_file.ends_with(".toml")) return name_or_file;
  const std::vector<std::string> known = data_file_names(folder);
  if (std::find(known.begin(), known.end(), name_or_file) == known.end()) {
    throw_<ConfigError>("unknown {} \"{}\": {}; or name a file that ends in .toml", noun,
                        name_or_file, did_you_mean(name_or_file, known));
  }
  return data_folder() / folder / (name_or_file + ".toml");
}

}  // namespace dovetail
