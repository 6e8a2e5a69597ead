// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plan/json.h"

// Defines to_json and from_json of a struct, each field named once for both directions; from_json
// throws Json::out_of_range for a missing key. The library's own macro would define inline
// functions, which other rooms could not link. For .cc files alone.
#define DOVETAIL_JSON_FIELDS(Type, ...)                                        \
  void to_json(Json& nlohmann_json_j, const Type& nlohmann_json_t) {           \
    NLOHMANN_JSON_EXPAND(NLOHMANN_JSON_PASTE(NLOHMANN_JSON_TO, __VA_ARGS__))   \
  }                                                                            \
  void from_json(const Json& nlohmann_json_j, Type& nlohmann_json_t) {         \
    NLOHMANN_JSON_EXPAND(NLOHMANN_JSON_PASTE(NLOHMANN_JSON_FROM, __VA_ARGS__)) \
  }
