// SPDX-License-Identifier: Apache-2.0
#include "app/front/rank_activity.h"

namespace dovetail {

namespace fs = std::filesystem;

fs::path rank_activity_file(const fs::path& results_folder, const std::string& share) {
  return results_folder / "logs" / (share.empty() ? "ranks.txt" : share + "-ranks.txt");
}

}  // namespace dovetail
