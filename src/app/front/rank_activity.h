// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace dovetail {

// What each rank does, a line each ("0: tune/a/b"), as `dovetail status` shows it during a run;
// `share` is that of the run, or "".
std::filesystem::path rank_activity_file(const std::filesystem::path& results_folder,
                                         const std::string& share = "");

}  // namespace dovetail
