// SPDX-License-Identifier: Apache-2.0
#include "base/parameters.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace {

using Json = nlohmann::json;

// A whole number serves where any number is allowed, and 3.0 where a whole number is.
bool has_type(const Json& value, const Json& like) {
  if (like.is_number_integer()) {
    return value.is_number_integer() ||
           (value.is_number_float() && value.get<double>() == std::trunc(value.get<double>()));
  }
  if (like.is_number()) return value.is_number();
  return value.type() == like.type();
}

bool is_known(const Parameter& parameter, const Json& text) {
  return parameter.one_of.empty() ||
         (text.is_string() &&
          std::ranges::find(parameter.one_of, text.get<std::string>()) != parameter.one_of.end());
}

bool is_allowed(const Parameter& parameter, const Json& value) {
  if (!has_type(value, parameter.default_value)) return false;
  if (value.is_number()) return parameter.range.holds(value.get<double>());
  if (value.is_string()) return is_known(parameter, value);
  return !value.is_array() ||
         std::ranges::all_of(value, [&](const Json& text) { return is_known(parameter, text); });
}

[[noreturn]] void throw_unknown(const std::string& owner, const Parameters& parameters,
                                const std::string& key) {
  std::vector<std::string> known;
  for (const Parameter& parameter : parameters) known.push_back(parameter.name);
  throw_<ConfigError>("{} has no parameter \"{}\": {}", owner, key, did_you_mean(key, known));
}

}  // namespace

bool Range::holds(double value) const {
  return (low_excluded ? value > low : value >= low) &&
         (high_excluded ? value < high : value <= high);
}

Range any_number() { return {}; }

Range at_least(double low) { return {.low = low, .text = fmt::format("of at least {}", low)}; }

Range above(double low) {
  return {.low = low, .low_excluded = true, .text = fmt::format("above {}", low)};
}

Range between(double low, double high) {
  return {.low = low, .high = high, .text = fmt::format("between {} and {}", low, high)};
}

Range strictly_between(double low, double high) {
  return {.low = low,
          .high = high,
          .low_excluded = true,
          .high_excluded = true,
          .text = fmt::format("between {} and {}, both excluded", low, high)};
}

Range from_up_to(double low, double high) {
  return {.low = low,
          .high = high,
          .high_excluded = true,
          .text = fmt::format("of at least {} and below {}", low, high)};
}

Range above_up_to(double low, double high) {
  return {.low = low,
          .high = high,
          .low_excluded = true,
          .text = fmt::format("above {} and at most {}", low, high)};
}

nlohmann::json defaults_of(const Parameters& parameters) {
  Json defaults = Json::object();
  for (const Parameter& parameter : parameters) defaults[parameter.name] = parameter.default_value;
  return defaults;
}

nlohmann::json resolve_parameters(const std::string& owner, const Parameters& parameters,
                                  const nlohmann::json& given) {
  if (given.is_null()) return defaults_of(parameters);
  if (!given.is_object()) {
    throw_<ConfigError>("the parameters of {} must be a table, found {}", owner, given.dump());
  }
  Json resolved = defaults_of(parameters);
  for (const auto& [key, value] : given.items()) {
    const auto parameter = std::ranges::find(parameters, key, &Parameter::name);
    if (parameter == parameters.end()) throw_unknown(owner, parameters, key);
    if (!is_allowed(*parameter, value)) {
      throw_<ConfigError>("{}: {} must be {}, found {}", owner, key, allowed_values(*parameter),
                          value.dump());
    }
    resolved[key] = value;
  }
  return resolved;
}

std::string allowed_values(const Parameter& parameter) {
  const Json& like = parameter.default_value;
  const std::string known = join(parameter.one_of, ", ");
  if (like.is_boolean()) return "true or false";
  if (like.is_object()) return "a table";
  if (like.is_array()) return known.empty() ? "a list" : "a list of names among " + known;
  if (like.is_string()) return known.empty() ? "a text" : "one of " + known;
  const std::string number = like.is_number_integer() ? "a whole number" : "a number";
  return parameter.range.text.empty() ? number : number + " " + parameter.range.text;
}

}  // namespace dovetail
