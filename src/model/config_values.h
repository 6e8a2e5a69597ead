// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace dovetail {

// Typed values of a config.json; null counts as a missing key. Each throws ConfigError that names
// the key, what was expected and what was found, for a value of another type or out of range.
class ConfigValues {
 public:
  static constexpr int64_t kLargestSize = int64_t{1} << 30;

  explicit ConfigValues(const nlohmann::json& json) : json_(json) {}  // which must outlive this

  bool given(const char* key) const;
  std::string found(const char* key) const;  // the value as text, for messages
  const nlohmann::json& json() const { return json_; }

  int64_t whole(const char* key, int64_t least = 1, int64_t most = kLargestSize) const;
  int64_t whole_or(const char* key, int64_t fallback, int64_t least = 1,
                   int64_t most = kLargestSize) const;
  double real_or(const char* key, double fallback) const;  // from 0 and below 1
  double positive_or(const char* key, double fallback) const;
  bool truth_or(const char* key, bool fallback) const;
  std::string text_or(const char* key, const std::string& fallback) const;
  int64_t token_or(const char* key, int64_t fallback, int64_t vocab_size) const;  // one id

 private:
  const nlohmann::json& json_;
};

}  // namespace dovetail
