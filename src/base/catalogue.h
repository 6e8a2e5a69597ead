// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

// The entry of a catalogue by its name. ConfigError `unknown NOUN "NAME": ...` with the nearest
// known name and the list of all. `name_of(entry)` gives an entry's name.
template <typename Entry, typename NameOf>
const Entry& find_in_catalogue(const char* noun, const std::vector<Entry>& catalogue,
                               const std::string& name, NameOf name_of) {
  std::vector<std::string> known;
  for (const Entry& entry : catalogue) {
    if (name_of(entry) == name) return entry;
    known.push_back(name_of(entry));
  }
  throw_<ConfigError>("unknown {} \"{}\": {}", noun, name, did_you_mean(name, known));
}

template <typename Entry>
const Entry& find_in_catalogue(const char* noun, const std::vector<Entry>& catalogue,
                               const std::string& name) {
  return find_in_catalogue(noun, catalogue, name, [](const Entry& entry) { return entry.name; });
}

}  // namespace dovetail
