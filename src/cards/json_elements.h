// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace dovetail {

// Calls `take` with the line and the raw text of each element of a JSON list, or of each value of a
// JSON object; returns the number of lines. Elements are not parsed, so that a bad one can be
// skipped. DataError (FILE:LINE) for any other text, and for text that ends too early.
int64_t for_each_json_element(std::string_view bytes, const std::string& file,
                              const std::function<void(int64_t, std::string_view)>& take);

}  // namespace dovetail
