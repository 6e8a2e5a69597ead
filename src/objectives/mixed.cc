// SPDX-License-Identifier: Apache-2.0
// Each example is drawn from one of several objectives, by weight. MTO's "Mixed" (Pouramini and
// Faili 2024) has prefix_lm and suffix_denoising; there a classifier of sentences chooses, here
// chance does. Six tokens, with the default components, split after four:
//
//   tokens   10 11 12 13 14 15
//   inputs   10 11 12 13                    or   10 11 12 13 <extra_id_0>
//   targets  14 15                               <extra_id_0> 14 15
//
// components = [{ name = "prefix_lm", weight = 0.5, parameters = { min_prefix = 0.25 } }, ...]
#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/names.h"
#include "objectives/objective.h"

namespace dovetail {

namespace {

const std::string kName = "mixed";

nlohmann::json component(const std::string& name, double weight) {
  return {{"name", name}, {"weight", weight}, {"parameters", nlohmann::json::object()}};
}

nlohmann::json defaults() {
  return {{"components", {component("prefix_lm", 0.5), component("suffix_denoising", 0.5)}}};
}

const nlohmann::json& components_of(const nlohmann::json& parameters) {
  static const nlohmann::json all = defaults();
  const auto found = parameters.find("components");
  return found == parameters.end() ? all.at("components") : *found;
}

nlohmann::json parameters_of(const nlohmann::json& component) {
  return component.value("parameters", nlohmann::json::object());
}

void check_component(const nlohmann::json& component) {
  const std::vector<std::string> known{"name", "weight", "parameters"};
  if (!component.is_object() || !component.contains("name") || !component["name"].is_string()) {
    throw_<ConfigError>("mixed: a component is {{ name = ..., weight = ... }}, found {}",
                        component.dump());
  }
  for (const auto& [key, value] : component.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      throw_<ConfigError>("mixed: a component has no key \"{}\": {}", key,
                          did_you_mean(key, known));
    }
  }
  const nlohmann::json weight = component.value("weight", nlohmann::json(1.0));
  if (!weight.is_number() || !(weight.get<double>() > 0)) {
    throw_<ConfigError>("mixed: weight must be a number above 0, found {}", weight.dump());
  }
  const std::string name = component["name"];
  if (name == kName) throw_<ConfigError>("mixed: a component cannot be mixed itself");
  resolve_parameters(find_objective(name), parameters_of(component));
}

void check(const nlohmann::json& parameters) {
  const nlohmann::json& components = components_of(parameters);
  if (!components.is_array() || components.empty()) {
    throw_<ConfigError>("mixed: components must be a list of at least one, found {}",
                        components.dump());
  }
  for (const nlohmann::json& component : components) check_component(component);
}

double weight_of(const nlohmann::json& component) { return component.value("weight", 1.0); }

const Objective& objective_of(const nlohmann::json& component) {
  return find_objective(component.at("name"));
}

// Those of the components, one list after another.
std::vector<std::string> texts(const nlohmann::json& parameters) {
  std::vector<std::string> all;
  for (const nlohmann::json& component : components_of(parameters)) {
    const auto some = texts_of(objective_of(component), parameters_of(component));
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

Denoised apply(std::span<const int32_t> tokens, const Symbols& symbols,
               const nlohmann::json& parameters, Rng& rng) {
  const nlohmann::json& components = components_of(parameters);
  double total = 0;
  for (const nlohmann::json& component : components) total += weight_of(component);
  double draw = rng.uniform() * total;
  size_t chosen = 0, first_text = 0;
  const auto num_texts = [&](size_t i) {
    return texts_of(objective_of(components[i]), parameters_of(components[i])).size();
  };
  while (chosen + 1 < components.size() && draw >= weight_of(components[chosen])) {
    first_text += num_texts(chosen);
    draw -= weight_of(components[chosen++]);
  }
  DOVETAIL_CHECK(first_text + num_texts(chosen) <= symbols.texts.size());
  const Symbols own(symbols.sentinels, symbols.texts.subspan(first_text, num_texts(chosen)));
  return objective_of(components[chosen])
      .apply(tokens, own, parameters_of(components[chosen]), rng);
}

// A text is cut before its component is drawn, so the shortest decides.
int64_t chunk_length(int64_t length, const nlohmann::json& parameters) {
  int64_t shortest = std::numeric_limits<int64_t>::max();
  for (const nlohmann::json& component : components_of(parameters)) {
    const auto own = objective_of(component).chunk_length(length, parameters_of(component));
    shortest = std::min(shortest, own);
  }
  return shortest;
}

}  // namespace

Objective mixed() {
  return {.name = kName,
          .paper = "Pouramini and Faili 2024 (MTO), \"Mixed\"",
          .defaults = defaults(),
          .example = nlohmann::json::object(),
          .apply = apply,
          .check = check,
          .chunk_length = chunk_length,
          .texts = texts};
}

}  // namespace dovetail
