// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/ones.h>

#include <algorithm>

#include "base/error.h"
#include "tuning/around_frozen.h"

namespace dovetail {

namespace {

// Factors of keys, values and the feed-forward's inner activations; ones at the start.
class Ia3 final : public AroundFrozen {
 public:
  Ia3(T5Model& model, const nlohmann::json& parameters)
      : AroundFrozen(model),
        targets_(set_of(parameters.at("target_modules"))),
        feed_forward_(set_of(parameters.at("feedforward_modules"))) {
    for (const LinearLayer& layer : linear_layers(model, "ia3", targets_)) {
      WeightAddition addition;
      const bool scales_input = feed_forward_.contains(layer.kind);
      const at::Tensor factors =
          add_trained(layer.module + ".ia3_l", at::ones({layer.weight_NK.size(scales_input)}));
      (scales_input ? addition.input_K : addition.factor_N) = factors;
      model.set_addition(layer.weight_name(), addition);
    }
  }

  // PEFT's are columns, or rows where they scale the input.
  NamedTensors stored() const override {
    NamedTensors named;
    for (const auto& [name, factors] : trained_) {
      const std::string module = name.substr(0, name.rfind('.'));
      const bool row = feed_forward_.contains(module.substr(module.rfind('.') + 1));
      named.emplace_back("base_model.model." + name, factors.view({row ? 1 : -1, row ? -1 : 1}));
    }
    return named;
  }

 protected:
  nlohmann::json config() const override {
    return {{"peft_type", "IA3"},
            {"target_modules", targets_},
            {"feedforward_modules", feed_forward_},
            {"fan_in_fan_out", false},
            {"init_ia3_weights", true}};
  }

 private:
  std::set<std::string> targets_, feed_forward_;
};

void check_ia3(const nlohmann::json& parameters) {
  const std::set<std::string> targets = set_of(parameters.at("target_modules"));
  if (targets.empty()) throw ConfigError("ia3: target_modules names nothing; name k, v and wo");
  for (const std::string& name : set_of(parameters.at("feedforward_modules"))) {
    if (name != "wo" && name != "o") {
      throw_<ConfigError>("ia3: feedforward_modules must be of o and wo, found \"{}\"", name);
    }
    if (!targets.contains(name)) {
      throw_<ConfigError>("ia3: feedforward_modules names \"{}\", and target_modules does not",
                          name);
    }
  }
}

}  // namespace

Tuning ia3() {
  return {{.name = "ia3",
           .paper = "Liu et al. 2022 (T-Few); parameters as in PEFT's IA3Config",
           .parameters =
               with_saved_start({{"target_modules",
                                  {"k", "v", "wo"},
                                  "modules that get factors: q, k, v, o, wi, wi_0, wi_1, wo"},
                                 {"feedforward_modules",
                                  {"wo"},
                                  "those of them whose input is scaled, in place of the output"}}),
           .starts_from = {"IA3"},
           .keeps_weights = always_keeps_weights,
           .check = check_ia3},
          [](T5Model& model, const nlohmann::json& parameters, uint64_t, const SoftTokenPlan&) {
            refuse_causal(model, "ia3");
            return std::make_unique<Ia3>(model, parameters);
          }};
}

}  // namespace dovetail
