// SPDX-License-Identifier: Apache-2.0
#include "objectives/prefix.h"

#include "objectives/noise.h"
#include "objectives/parameters.h"

namespace dovetail {

PrefixSettings read_prefix(const std::string& objective, const nlohmann::json& parameters) {
  PrefixSettings settings;
  settings.min_prefix = number_parameter(objective, parameters, "min_prefix", settings.min_prefix);
  settings.max_prefix = number_parameter(objective, parameters, "max_prefix", settings.max_prefix);
  return settings;
}

void check_prefix(const std::string& objective, const nlohmann::json& parameters) {
  const PrefixSettings settings = read_prefix(objective, parameters);
  require_parameter(settings.min_prefix >= 0 && settings.min_prefix < 1, objective, "min_prefix",
                    "at least 0 and below 1", settings.min_prefix);
  // 0.01: a text may then be a hundred times as long as the inputs, which is silly enough
  require_parameter(settings.max_prefix >= 0.01 && settings.max_prefix <= 1, objective,
                    "max_prefix", "at least 0.01 and at most 1", settings.max_prefix);
  require_parameter(settings.max_prefix >= settings.min_prefix, objective, "max_prefix",
                    "at least min_prefix", settings.max_prefix);
}

nlohmann::json prefix_defaults() {
  const PrefixSettings settings;
  return {{"min_prefix", settings.min_prefix}, {"max_prefix", settings.max_prefix}};
}

int64_t prefix_chunk_length(const std::string& objective, int64_t length, int64_t extra,
                            const nlohmann::json& parameters) {
  require_sequence_length(objective, length);
  const PrefixSettings settings = read_prefix(objective, parameters);
  int64_t tokens = 2;
  while (prefix_bounds(tokens + 1, settings.min_prefix, settings.max_prefix).most + extra <=
         length) {
    ++tokens;
  }
  return tokens;
}

}  // namespace dovetail
