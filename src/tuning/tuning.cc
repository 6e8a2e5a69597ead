// SPDX-License-Identifier: Apache-2.0
#include "tuning/tuning.h"

#include "base/catalogue.h"
#include "tuning/adapter_config.h"
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

std::unique_ptr<TuningMethod> Tuning::make(T5Model& model, const nlohmann::json& given,
                                           uint64_t seed, const SoftTokenPlan& plan) const {
  const nlohmann::json parameters = resolve_parameters(entry, given);
  std::unique_ptr<TuningMethod> method = build(model, parameters, seed, plan);
  const std::string folder = parameters.value("initialization_folder", "");
  if (!folder.empty()) {
    check_saved_start(entry, read_adapter_config(folder));
    method->begin_at(folder);
  }
  return method;
}

void TuningMethod::begin_at(const std::filesystem::path&) {}  // a method may begin there when built

const Tuning& find_tuning(const std::string& name) {
  return find_in_catalogue("tuning", catalogue(), name,
                           [](const Tuning& tuning) { return tuning.entry.name; });
}

}  // namespace dovetail
