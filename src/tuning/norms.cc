// SPDX-License-Identifier: Apache-2.0
#include <c10/core/GradMode.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "tuning/adapter_folder.h"
#include "tuning/adapter_tensors.h"
#include "tuning/around_frozen.h"
#include "tuning/own_weights.h"

namespace dovetail {

namespace {

// "encoder.final_layer_norm.weight" as PEFT's LN tuning names it.
std::string peft_name(const std::string& name) {
  const std::string module = name.substr(0, name.rfind('.'));
  return kPeftPrefix + module + ".ln_tuning_layers.weight";
}

std::set<std::string> norm_scales(const T5Config& config) {
  std::set<std::string> names;
  T5Weights none;
  for_each_weight(config, none, [&](const WeightSpec& spec, at::Tensor&) {
    if (spec.is_norm_scale()) names.insert(spec.name);
  });
  return names;
}

std::vector<std::string> norm_modules(const T5Config& config) {
  if (config.model_type == "llama")
    return {"input_layernorm", "post_attention_layernorm", "model.norm"};
  if (config.model_type == "gpt2") return {"ln_1", "ln_2", "ln_f"};
  return {"layer_norm", "final_layer_norm"};
}

class NormScales final : public OwnWeights {
 public:
  explicit NormScales(T5Model& model)
      : OwnWeights(model, [names = norm_scales(model.config())](const std::string& name) {
          return names.contains(name);
        }) {}

  // PEFT may have trained some of the norms; the others stay as they are.
  void begin_at(const std::filesystem::path& folder) override {
    const at::NoGradGuard no_grad;
    const AdapterTensors read = read_adapter_tensors(folder);
    for (const auto& [name, scales] : read.tensors) {
      const auto place = std::ranges::find_if(
          trained_, [&](const auto& trained) { return peft_name(trained.first) == name; });
      if (place == trained_.end() || place->second.sizes() != scales.sizes()) {
        throw_<DataError>("{}: {} is no layer norm of this model; is it an adapter of another one?",
                          read.file.string(), name);
      }
      place->second.copy_(scales);
    }
  }

  void save(const std::filesystem::path& folder) const override {
    NamedTensors named;
    for (const auto& [name, scales] : trained_) named.emplace_back(peft_name(name), scales);
    save_adapter(folder,
                 {{"peft_type", "LN_TUNING"},
                  {"target_modules", norm_modules(model_.config())},
                  {"exclude_modules", nullptr},
                  {"modules_to_save", nullptr}},
                 named, task_type_of(model_));
  }
};

}  // namespace

Tuning norms() {
  return {{.name = "norms",
           .paper = "Qi et al. 2022 (LN-tuning): the scales of the layer norms alone",
           .parameters = with_saved_start({}),
           .starts_from = {"LN_TUNING"}},
          [](T5Model& model, const nlohmann::json&, uint64_t, const SoftTokenPlan&) {
            return std::make_unique<NormScales>(model);
          }};
}

}  // namespace dovetail
