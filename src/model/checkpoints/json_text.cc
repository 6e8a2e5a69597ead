// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/json_text.h"

#include "base/error.h"

namespace dovetail {

nlohmann::json parse_json_object(std::string_view text, const std::string& file_name) {
  constexpr int kDeepest = 64;
  const auto shallow = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    if (depth > kDeepest) {
      throw_<DataError>("{}: its JSON is nested deeper than {} levels; fetch or write it again",
                        file_name, kDeepest);
    }
    return true;
  };
  nlohmann::json json = nlohmann::json::parse(text, shallow, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    throw_<DataError>("{}: expected a JSON object, found something else; fetch or write it again",
                      file_name);
  }
  return json;
}

}  // namespace dovetail
