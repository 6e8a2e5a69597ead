// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace dovetail {

// Where prefix_lm and suffix_denoising split a text: uniformly, after at least `min_prefix` and at
// most `max_prefix` of its tokens. The two draw alike, so with the same seed they differ in nothing
// but the sentinel.
struct PrefixSettings {
  double min_prefix = 0;
  double max_prefix = 1;
};

PrefixSettings read_prefix(const std::string& objective, const nlohmann::json& parameters);
void check_prefix(const std::string& objective, const nlohmann::json& parameters);
nlohmann::json prefix_defaults();

// The longest text whose longest prefix and `extra` more tokens fit into `length`.
int64_t prefix_chunk_length(const std::string& objective, int64_t length, int64_t extra,
                            const nlohmann::json& parameters);

}  // namespace dovetail
