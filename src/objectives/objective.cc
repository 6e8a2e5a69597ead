// SPDX-License-Identifier: Apache-2.0
#include "objectives/objective.h"

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

#define OBJECTIVE(name) Objective name();
#include "objectives/objectives.inc"
#undef OBJECTIVE

const std::vector<Objective>& objectives() {
  static const std::vector<Objective> all = {
#define OBJECTIVE(name) name(),
#include "objectives/objectives.inc"
#undef OBJECTIVE
  };
  return all;
}

const Objective& find_objective(const std::string& name) {
  std::vector<std::string> known;
  for (const Objective& objective : objectives()) {
    if (objective.name == name) return objective;
    known.push_back(objective.name);
  }
  throw_<ConfigError>("unknown objective \"{}\": {}", name, did_you_mean(name, known));
}

std::vector<std::string> texts_of(const Objective& objective, const nlohmann::json& parameters) {
  return objective.texts ? objective.texts(parameters) : std::vector<std::string>{};
}

nlohmann::json resolve_parameters(const Objective& objective, const nlohmann::json& given) {
  if (!given.is_object()) {
    throw_<ConfigError>("the parameters of objective {} must be a table, found {}", objective.name,
                        given.dump());
  }
  std::vector<std::string> known;
  for (const auto& [key, value] : objective.defaults.items()) known.push_back(key);
  nlohmann::json resolved = objective.defaults;
  for (const auto& [key, value] : given.items()) {
    if (!objective.defaults.contains(key)) {
      throw_<ConfigError>("objective {} has no parameter \"{}\": {}", objective.name, key,
                          did_you_mean(key, known));
    }
    resolved[key] = value;
  }
  objective.check(resolved);
  return resolved;
}

BoundObjective make_objective(const std::string& name, const nlohmann::json& parameters) {
  const Objective& objective = find_objective(name);
  return {&objective, resolve_parameters(objective, parameters)};
}

}  // namespace dovetail
