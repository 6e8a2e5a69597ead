// SPDX-License-Identifier: Apache-2.0
#include "base/folder.h"

#include "base/machine_failure.h"

namespace dovetail {

void make_folders(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) fail_writing("make the folder", folder.string(), error.value());
}

}  // namespace dovetail
