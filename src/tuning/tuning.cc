// SPDX-License-Identifier: Apache-2.0
#include "tuning/tuning.h"

#include "base/error.h"
#include "base/names.h"
#include "tuning/tuning_method.h"

namespace dovetail {

#define TUNING(name) Tuning name();
#include "tuning/tuning.inc"
#undef TUNING

namespace {

const std::vector<Tuning>& catalogue() {
  static const std::vector<Tuning> all = {
#define TUNING(name) name(),
#include "tuning/tuning.inc"
#undef TUNING
  };
  return all;
}

}  // namespace

std::vector<TuningEntry> tunings() {
  std::vector<TuningEntry> entries;
  for (const Tuning& tuning : catalogue()) entries.push_back(tuning.entry);
  return entries;
}

const Tuning& find_tuning(const std::string& name) {
  std::vector<std::string> known;
  for (const Tuning& tuning : catalogue()) {
    if (tuning.entry.name == name) return tuning;
    known.push_back(tuning.entry.name);
  }
  throw_<ConfigError>("unknown tuning \"{}\": {}", name, did_you_mean(name, known));
}

}  // namespace dovetail
