// SPDX-License-Identifier: Apache-2.0
// Each example is drawn from one of several objectives, by weight. MTO's "Mixed" (Pouramini and
// Faili 2024) has prefix_lm and suffix_denoising; there a classifier of sentences chooses, here a
// random draw does. Six tokens, with the default components, split after four:
//
//   tokens   10 11 12 13 14 15
//   inputs   10 11 12 13                    or   10 11 12 13 <extra_id_0>
//   targets  14 15                               <extra_id_0> 14 15
//
// components = [{ name = "prefix_lm", weight = 0.5, parameters = { min_prefix = 0.25 } }, ...]
#include <algorithm>
#include <limits>

#include "base/error.h"
#include "objectives/objective.h"

namespace dovetail {

namespace {

nlohmann::json component(const std::string& name, double weight) {
  return {{"name", name}, {"weight", weight}, {"parameters", nlohmann::json::object()}};
}

const Parameters& component_parameters() {
  static const Parameters all = {
      {"name", "", "an objective of the catalogue"},
      {"weight", 1.0, "share of the examples, relative to the other weights", above(0)},
      {"parameters", nlohmann::json::object(), "the parameters of that objective"}};
  return all;
}

void check_component(const nlohmann::json& component) {
  if (!component.is_object() || !component.contains("name")) {
    throw_<ConfigError>("mixed: a component is {{ name = ..., weight = ... }}, found {}",
                        component.dump());
  }
  const nlohmann::json whole =
      resolve_parameters("a component of mixed", component_parameters(), component);
  if (whole.at("name") == "mixed") {
    throw_<ConfigError>("mixed: a component cannot be mixed itself");
  }
  resolve_parameters(find_objective(whole.at("name")), whole.at("parameters"));
}

void check_components(const nlohmann::json& parameters) {
  const nlohmann::json& components = parameters.at("components");
  if (components.empty()) {
    throw_<ConfigError>("mixed: components must be a list of at least one, found []");
  }
  for (const nlohmann::json& component : components) check_component(component);
}

double weight_of(const nlohmann::json& component) { return component.value("weight", 1.0); }

BoundObjective bound(const nlohmann::json& component) {
  return make_objective(component.at("name"),
                        component.value("parameters", nlohmann::json::object()));
}

std::vector<std::string> component_texts(const nlohmann::json& component) {
  const BoundObjective own = bound(component);
  return texts_of(*own.objective, own.parameters);
}

// The texts of the components, one list after another.
std::vector<std::string> texts_of_all(const nlohmann::json& parameters) {
  std::vector<std::string> all;
  for (const nlohmann::json& component : parameters.at("components")) {
    const std::vector<std::string> some = component_texts(component);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

Denoised denoise_by_one(std::span<const int32_t> tokens, const Symbols& symbols,
                        const nlohmann::json& parameters, Rng& rng) {
  const nlohmann::json& components = parameters.at("components");
  double total = 0;
  for (const nlohmann::json& component : components) total += weight_of(component);
  double draw = rng.uniform() * total;
  size_t chosen = 0, first_text = 0;
  while (chosen + 1 < components.size() && draw >= weight_of(components[chosen])) {
    first_text += component_texts(components[chosen]).size();
    draw -= weight_of(components[chosen++]);
  }
  const BoundObjective own = bound(components[chosen]);
  const size_t num_texts = texts_of(*own.objective, own.parameters).size();
  DOVETAIL_CHECK(first_text + num_texts <= symbols.texts.size());
  Symbols own_symbols = symbols;
  own_symbols.texts = symbols.texts.subspan(first_text, num_texts);
  return own.apply(tokens, own_symbols, rng);
}

// A text is cut before its component is drawn, so the component with the shortest chunks decides.
int64_t shortest_chunk(int64_t length, const nlohmann::json& parameters) {
  int64_t shortest = std::numeric_limits<int64_t>::max();
  for (const nlohmann::json& component : parameters.at("components")) {
    shortest = std::min(shortest, bound(component).chunk_length(length));
  }
  return shortest;
}

}  // namespace

Objective mixed() {
  return {.name = "mixed",
          .paper = "Pouramini and Faili 2024 (MTO), \"Mixed\"",
          .parameters = {{"components",
                          {component("prefix_lm", 0.5), component("suffix_denoising", 0.5)},
                          "objectives, each with name, weight and parameters"}},
          .denoise_fn = denoise_by_one,
          .chunk_length_fn = shortest_chunk,
          .texts = texts_of_all,
          .check = check_components};
}

}  // namespace dovetail
