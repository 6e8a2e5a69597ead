// SPDX-License-Identifier: Apache-2.0
#include "app/front/existing_results.h"

#include <unistd.h>

#include "base/error.h"
#include "base/near_path.h"
#include "store/plan_file.h"

namespace dovetail {

namespace fs = std::filesystem;

void check_is_results_folder(const fs::path& folder) {
  if (!fs::exists(folder / "plan.json")) {
    throw_<ConfigError>(
        "{} is no results folder (it has no plan.json); dovetail run SWEEP --out {} makes one{}",
        folder.string(), folder.string(), near_path_hint(folder));
  }
  for (const fs::path& file : {folder / "plan.json", folder / "journal" / "journal.bin"}) {
    if (!fs::exists(file)) continue;
    if (!fs::is_regular_file(file) || ::access(file.c_str(), R_OK) != 0) {
      throw_<ConfigError>(
          "{}: expected a file of a results folder, and found one that cannot be read; mend its "
          "permissions, or copy the folder again",
          file.string());
    }
  }
}

Plan plan_of_results(const fs::path& folder) {
  check_is_results_folder(folder);
  return read_plan(folder);
}

}  // namespace dovetail
