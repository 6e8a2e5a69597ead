// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace dovetail {

// An element of a list or a value of an object, as it is written.
struct JsonElement {
  int64_t line = 0;      // where it begins
  std::string_view key;  // of an object, as written between its quotes; "" in a list
  std::string_view text;
};

// A piece of JSON that begins at a line of a file.
struct JsonText {
  std::string_view bytes;
  const std::string& file;
  int64_t line = 1;
};

// Calls `take` for each element of a JSON list, or each value of a JSON object; returns the number
// of the last line. Elements are not parsed, so that a bad one can be skipped. DataError
// (FILE:LINE) for any other text, and for text that ends too early.
int64_t for_each_json_element(const JsonText& json,
                              const std::function<void(const JsonElement&)>& take);

}  // namespace dovetail
