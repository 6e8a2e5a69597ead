// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "base/error.h"
#include "base/names.h"
#include "base/random.h"
#include "tuning/adapter_folder.h"
#include "tuning/tuning_method.h"

namespace dovetail {

namespace {

using at::Tensor;

// The part of a published name that PEFT's target_modules match: "q" of "...q.weight".
std::string module_of(const std::string& weight_name) {
  const std::string path = weight_name.substr(0, weight_name.rfind('.'));
  return path.substr(path.rfind('.') + 1);
}

bool is_linear_layer(const std::string& module) {
  static const std::set<std::string> layers = {"q", "k", "v", "o", "wi", "wi_0", "wi_1", "wo"};
  return layers.contains(module);
}

struct LoraSettings {
  int64_t r = 0;
  double scaling = 1, dropout = 0;
  std::set<std::string> targets;
};

LoraSettings read_settings(const nlohmann::json& parameters) {
  LoraSettings settings;
  settings.r = parameters.at("r").get<int64_t>();
  settings.scaling = parameters.at("lora_alpha").get<double>() / static_cast<double>(settings.r);
  settings.dropout = parameters.at("lora_dropout").get<double>();
  for (const auto& target : parameters.at("target_modules"))
    settings.targets.insert(target.get<std::string>());
  return settings;
}

void check_lora(const nlohmann::json& parameters) {
  if (!parameters.at("target_modules").empty()) return;
  throw_<ConfigError>(
      "lora: target_modules names nothing; name some of q, k, v, o, wi, wi_0, wi_1, wo");
}

void check_targets(const T5Model& model, const LoraSettings& settings) {
  std::set<std::string> known;
  for (const auto& [name, tensor] : named_tensors(model.config(), model.weights())) {
    if (is_linear_layer(module_of(name))) known.insert(module_of(name));
  }
  const std::vector<std::string> names(known.begin(), known.end());
  for (const std::string& target : settings.targets) {
    if (known.contains(target)) continue;
    throw_<ConfigError>("lora: target_modules names \"{}\", of which this model has none; {}",
                        target, did_you_mean(target, names));
  }
}

// Initialises A as PEFT does, uniform within 1 / sqrt(inputs), and B with zeros: the tuned model
// starts equal to the base model.
class Lora final : public TuningMethod {
 public:
  Lora(T5Model& model, const LoraSettings& settings, uint64_t seed)
      : model_(model), settings_(settings) {
    auto generator = at::detail::createCPUGenerator(derive_seed(seed, "lora"));
    for (auto& [name, tensor] : named_tensors(model.config(), model.weights())) {
      tensor.requires_grad_(false);
      if (!settings.targets.contains(module_of(name))) continue;
      const double bound = 1 / std::sqrt(static_cast<double>(tensor.size(1)));
      const Tensor a_rK = at::empty({settings.r, tensor.size(1)})
                              .uniform_(-bound, bound, generator)
                              .to(tensor.options())
                              .requires_grad_(true);
      const Tensor b_Nr =
          at::zeros({tensor.size(0), settings.r}, tensor.options()).requires_grad_(true);
      model_.set_low_rank(name, {a_rK, b_Nr, settings.scaling, settings.dropout});
      const std::string module = name.substr(0, name.rfind('.'));
      trained_.emplace_back(module + ".lora_A.weight", a_rK);
      trained_.emplace_back(module + ".lora_B.weight", b_Nr);
    }
    model_.set_prepacking(Prepacking::both_ways);  // the backbone is frozen
  }

  NamedTensors trainable() override { return trained_; }

  void save(const std::filesystem::path& folder) const override {
    NamedTensors named;
    for (const auto& [name, tensor] : trained_)
      named.emplace_back("base_model.model." + name, tensor);
    save_adapter(folder,
                 {{"peft_type", "LORA"},
                  {"r", settings_.r},
                  {"lora_alpha", settings_.scaling * static_cast<double>(settings_.r)},
                  {"lora_dropout", settings_.dropout},
                  {"target_modules", settings_.targets},
                  {"bias", "none"},
                  {"fan_in_fan_out", false}},
                 named);
  }
  Tensor embed(const Tensor& ids_BS) override { return model_.embed(ids_BS); }

 private:
  T5Model& model_;
  LoraSettings settings_;
  NamedTensors trained_;
};

std::unique_ptr<TuningMethod> make_lora(T5Model& model, const nlohmann::json& parameters,
                                        uint64_t seed, const SoftTokenPlan&) {
  const LoraSettings settings = read_settings(parameters);
  check_targets(model, settings);
  return std::make_unique<Lora>(model, settings, seed);
}

}  // namespace

Tuning lora() {
  return {{.name = "lora",
           .paper = "Hu et al. 2021; parameters as in PEFT's LoraConfig",
           .parameters = {{"r", 8, "rank of the update", between(1, 1024)},
                          {"lora_alpha", 8.0, "the update is scaled by lora_alpha / r", above(0)},
                          {"lora_dropout", 0.0, "dropout of the update's input", from_up_to(0, 1)},
                          {"target_modules",
                           {"q", "v"},
                           "modules that get an update: q, k, v, o, "
                           "wi, wi_0, wi_1, wo"}},
           .check = check_lora},
          make_lora};
}

}  // namespace dovetail
