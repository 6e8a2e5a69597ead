// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "base/message_of.h"
#include "base/scratch_folder.h"

namespace dovetail {

inline std::filesystem::path golden_folder() {
  return std::filesystem::path(DOVETAIL_SOURCE_DIR) / "tests/golden/text";
}

}  // namespace dovetail
