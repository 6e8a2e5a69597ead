// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace dovetail {

// Calls `take` with each element of a JSON list, or each value of a JSON object, as it is written,
// and the line it begins at; returns the number of lines. Elements are not checked: a bad one can
// be skipped. DataError (FILE:LINE) for text that is neither, or that ends too early.
int64_t for_each_json_element(std::string_view bytes, const std::string& file,
                              const std::function<void(int64_t, std::string_view)>& take);

}  // namespace dovetail
