// SPDX-License-Identifier: Apache-2.0
#include "model/config_values.h"

#include <cmath>

#include "base/error.h"
#include "model/config.h"

namespace dovetail {

bool ConfigValues::given(const char* key) const {
  return json_.contains(key) && !json_[key].is_null();
}

std::string ConfigValues::found(const char* key) const {
  if (!json_.contains(key)) return "nothing";
  return json_[key].is_structured() ? json_[key].type_name() : json_[key].dump();
}

int64_t ConfigValues::whole(const char* key, int64_t least, int64_t most) const {
  if (!given(key) || !json_[key].is_number_integer()) {
    throw_<ConfigError>("config.json: expected a whole number for \"{}\", found {}", key,
                        found(key));
  }
  const int64_t value = json_[key];
  const bool fits = json_[key].is_number_unsigned() ? json_[key].get<uint64_t>() <= uint64_t(most)
                                                    : value <= most;
  if (!fits || value < least) {
    throw_<ConfigError>("config.json: \"{}\" must be between {} and {}, found {}", key, least, most,
                        found(key));
  }
  return value;
}

int64_t ConfigValues::whole_or(const char* key, int64_t fallback, int64_t least,
                               int64_t most) const {
  return given(key) ? whole(key, least, most) : fallback;
}

double ConfigValues::real_or(const char* key, double fallback) const {
  if (!given(key)) return fallback;
  const double value = json_[key].is_number() ? json_[key].get<double>() : -1;
  if (!(value >= 0 && value < 1)) {
    throw_<ConfigError>("config.json: expected a number from 0 and below 1 for \"{}\", found {}",
                        key, found(key));
  }
  return value;
}

double ConfigValues::positive_or(const char* key, double fallback) const {
  if (!given(key)) return fallback;
  const double value = json_[key].is_number() ? json_[key].get<double>() : -1;
  if (!(value > 0) || !std::isfinite(value)) {
    throw_<ConfigError>("config.json: expected a number above 0 for \"{}\", found {}", key,
                        found(key));
  }
  return value;
}

bool ConfigValues::truth_or(const char* key, bool fallback) const {
  if (!given(key)) return fallback;
  if (!json_[key].is_boolean()) {
    throw_<ConfigError>("config.json: expected true or false for \"{}\", found {}", key,
                        found(key));
  }
  return json_[key];
}

std::string ConfigValues::text_or(const char* key, const std::string& fallback) const {
  if (!given(key)) return fallback;
  if (!json_[key].is_string()) {
    throw_<ConfigError>("config.json: expected a string for \"{}\", found {}", key, found(key));
  }
  return json_[key];
}

int64_t ConfigValues::token_or(const char* key, int64_t fallback, int64_t vocab_size) const {
  const std::vector<int64_t> ids = token_ids(json_, "config.json", key, vocab_size);
  if (ids.empty()) return fallback;
  if (ids.size() > 1) {
    throw_<ConfigError>("config.json: expected one id for \"{}\", found {}", key, found(key));
  }
  return ids[0];
}

}  // namespace dovetail
