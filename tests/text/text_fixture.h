// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "base/scratch_folder.h"

namespace dovetail {

inline std::filesystem::path golden_folder() {
  return std::filesystem::path(DOVETAIL_SOURCE_DIR) / "tests/golden/text";
}

// The message of the exception of type Error that `action` throws; "" when it throws none.
template <typename Error, typename Action>
std::string message_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace dovetail
