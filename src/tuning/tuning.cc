// SPDX-License-Identifier: Apache-2.0
#include "tuning/tuning.h"

#include "base/catalogue.h"
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

std::vector<std::string> SoftTokenPlan::names() const {
  std::vector<std::string> all;
  for (const PromptToken& token : tokens) all.push_back(token.name);
  return all;
}

const Tuning& find_tuning(const std::string& name) {
  return find_in_catalogue("tuning", catalogue(), name,
                           [](const Tuning& tuning) { return tuning.entry.name; });
}

}  // namespace dovetail
