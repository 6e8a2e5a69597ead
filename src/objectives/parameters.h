// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace dovetail {

// Objectives read their parameters through these: ConfigError names objective and key.
double number_parameter(const std::string& objective, const nlohmann::json& parameters,
                        const std::string& key, double otherwise);
bool flag_parameter(const std::string& objective, const nlohmann::json& parameters,
                    const std::string& key, bool otherwise);

// ConfigError unless `holds`: "<objective>: <key> must be <expected>, found <found>".
void require_parameter(bool holds, const std::string& objective, const std::string& key,
                       const std::string& expected, double found);

// ConfigError when no text of two tokens fits.
void require_sequence_length(const std::string& objective, int64_t length);

}  // namespace dovetail
