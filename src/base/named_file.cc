// SPDX-License-Identifier: Apache-2.0
#include "base/named_file.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/names.h"
#include "base/data_folder.h"

namespace dovetail {

namespace fs = std::filesystem;

fs::path named_data_file(const std::string& what, const std::string& folder,
                         const std::string& name_or_file) {
  if (name_or_file.ends_with(".toml")) return name_or_file;
  const fs::path all = data_folder() / folder;
  std::vector<std::string> known;
  if (fs::is_directory(all)) {
    for (const auto& entry : fs::directory_iterator(all)) {
      if (entry.path().extension() == ".toml") known.push_back(entry.path().stem());
    }
  }
  std::sort(known.begin(), known.end());
  if (std::find(known.begin(), known.end(), name_or_file) == known.end()) {
    throw_<ConfigError>("unknown {} \"{}\": {}; or name a file that ends in .toml", what,
                        name_or_file, did_you_mean(name_or_file, known));
  }
  return all / (name_or_file + ".toml");
}

}  // namespace dovetail
