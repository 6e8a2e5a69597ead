// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

namespace dovetail::detail {

void check_failed(const char* file, int line, const char* expression, const std::string& values) {
  throw std::logic_error(
      fmt::format("{}:{}: check failed: {} ({})", file, line, expression, values));
}

}  // namespace dovetail::detail
