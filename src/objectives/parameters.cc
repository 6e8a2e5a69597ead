// SPDX-License-Identifier: Apache-2.0
#include "objectives/parameters.h"

#include "base/error.h"
#include "objectives/objective.h"

namespace dovetail {

double number_parameter(const std::string& objective, const nlohmann::json& parameters,
                        const std::string& key, double otherwise) {
  const auto found = parameters.find(key);
  if (found == parameters.end()) return otherwise;
  if (!found->is_number()) {
    throw_<ConfigError>("{}: {} must be a number, found {}", objective, key, found->dump());
  }
  return found->get<double>();
}

bool flag_parameter(const std::string& objective, const nlohmann::json& parameters,
                    const std::string& key, bool otherwise) {
  const auto found = parameters.find(key);
  if (found == parameters.end()) return otherwise;
  if (!found->is_boolean()) {
    throw_<ConfigError>("{}: {} must be true or false, found {}", objective, key, found->dump());
  }
  return found->get<bool>();
}

void require_parameter(bool holds, const std::string& objective, const std::string& key,
                       const std::string& expected, double found) {
  if (holds) return;
  throw_<ConfigError>("{}: {} must be {}, found {}", objective, key, expected, found);
}

void require_sequence_length(const std::string& objective, int64_t length) {
  if (length >= kMinSequenceLength) return;
  throw_<ConfigError>("{}: sequence_length must be at least {}, found {}", objective,
                      kMinSequenceLength, length);
}

}  // namespace dovetail
