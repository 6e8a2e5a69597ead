// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <limits>
#include <string>
#include <vector>

namespace dovetail {

// The values that a number may have. `text` follows "a number" in errors and documentation.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_excluded = false, high_excluded = false;
  std::string text = {};

  bool holds(double value) const;  // false for NaN
};
Range any_number();
Range at_least(double low);                       // "of at least 1"
Range above(double low);                          // "above 0"
Range between(double low, double high);           // "between 0 and 1"
Range strictly_between(double low, double high);  // "between 0 and 1, both excluded"
Range from_up_to(double low, double high);   // low <= value < high: "of at least 0 and below 1"
Range above_up_to(double low, double high);  // low < value <= high: "above 0 and at most 1"

// A parameter of a catalogue entry, declared once: its default, the check, `dovetail list`, the
// table of the documentation and the error message all come from here.
struct Parameter {
  std::string name;
  nlohmann::json default_value;  // a number, flag, text, list or table; values have the same type
  std::string doc;               // one line, as the documentation prints it
  Range range = {};              // for a number; a whole number where the default is one
  std::vector<std::string> one_of = {};  // for a text, or each element of a list; empty: any
};
using Parameters = std::vector<Parameter>;

// {name: default}.
nlohmann::json defaults_of(const Parameters& parameters);

// `given`, a table or null, over the defaults. ConfigError "OWNER: KEY must be ..., found ..." for
// a value of the wrong type or out of range, and for an unknown key, with the nearest known one.
// `owner` is the entry's name, with its kind where a bare name would puzzle: "a denoiser of ul2".
nlohmann::json resolve_parameters(const std::string& owner, const Parameters& parameters,
                                  const nlohmann::json& given);

// The same for a catalogue entry, which has `name`, `parameters` and `check`. `check` throws
// ConfigError for values that do not fit together; it gets all parameters, and may be empty.
template <typename Entry>
nlohmann::json resolve_parameters(const Entry& entry, const nlohmann::json& given) {
  nlohmann::json resolved = resolve_parameters(entry.name, entry.parameters, given);
  if (entry.check) entry.check(resolved);
  return resolved;
}

// "a number of at least 1", "true or false", "one of a, b": the values that a parameter may have.
std::string allowed_values(const Parameter& parameter);

}  // namespace dovetail
