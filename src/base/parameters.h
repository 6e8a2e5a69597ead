// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <limits>
#include <string>
#include <vector>

namespace dovetail {

// The values that a number may have. `text` is how an error and the documentation put it.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_excluded = false, high_excluded = false;
  std::string text = "a number";

  bool holds(double value) const;
};
Range any_number();
Range at_least(double low);                       // "at least 1"
Range above(double low);                          // "above 0"
Range between(double low, double high);           // "between 0 and 1"
Range strictly_between(double low, double high);  // "between 0 and 1, both excluded"
Range from_up_to(double low, double high);        // low <= value < high: "at least 0 and below 1"

// A parameter of a catalogue entry, declared once: its default, the check, `dovetail list`, the
// table of the documentation and the error message all come from here.
struct Parameter {
  std::string name;
  nlohmann::json default_value;          // a number, a flag, a text or a list; a value has its type
  std::string doc;                       // one line, as the documentation prints it
  Range range = {};                      // of a number (a whole number where the default is one)
  std::vector<std::string> one_of = {};  // of a text: the known values; empty: any
};
using Parameters = std::vector<Parameter>;

// {name: default}.
nlohmann::json defaults_of(const Parameters& parameters);

// `given` over the defaults. ConfigError "OWNER: KEY must be ..., found ..." for a value of the
// wrong type or out of range, and for an unknown key, with the nearest known one. `owner` is the
// entry's name, with its kind where a bare name would puzzle: "objective ul2".
nlohmann::json resolve_parameters(const std::string& owner, const Parameters& parameters,
                                  const nlohmann::json& given);

// "at least 1", "true or false", "one of a, b": the values that a parameter may have.
std::string allowed_values(const Parameter& parameter);

}  // namespace dovetail
