// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace dovetail {

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
