// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace dovetail {

std::string base64(std::string_view bytes);

// Throws DataError, which begins with `where`, for what is no base64.
std::string bytes_of_base64(std::string_view text, const std::string& where);

}  // namespace dovetail
