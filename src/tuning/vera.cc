// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/random.h"
#include "tuning/around_frozen.h"

namespace dovetail {

namespace {

using at::Tensor;

// Two random matrices that all layers share, fixed, and two trained vectors a layer. A layer has a
// view of them, which restored matrices reach.
class Vera final : public AroundFrozen {
 public:
  Vera(T5Model& model, nlohmann::json parameters, uint64_t seed)
      : AroundFrozen(model), parameters_(std::move(parameters)) {
    const auto r = parameters_.at("r").get<int64_t>();
    const std::vector<LinearLayer> layers =
        linear_layers(model, "vera", set_of(parameters_.at("target_modules")));
    make_projections(layers, r, derive_seed(seed, "vera"));
    for (const LinearLayer& layer : layers) {
      const int64_t outputs = layer.weight_NK.size(0), inputs = layer.weight_NK.size(1);
      WeightAddition addition{.a_rK = a_.narrow(1, 0, inputs),
                              .b_Nr = b_.narrow(0, 0, outputs),
                              .dropout = parameters_.at("vera_dropout").get<double>()};
      addition.outer_N = add_trained(layer.module + ".vera_lambda_b", at::zeros({outputs}));
      addition.inner_r = add_trained(layer.module + ".vera_lambda_d",
                                     at::full({r}, parameters_.at("d_initial").get<double>()));
      model.set_addition(layer.weight_name(), addition);
    }
  }

  NamedTensors stored() const override {
    NamedTensors named = AroundFrozen::stored();
    named.emplace_back("base_model.vera_A", a_);
    named.emplace_back("base_model.vera_B", b_);
    return named;
  }

 protected:
  nlohmann::json config() const override {
    nlohmann::json config = parameters_;
    config.erase("initialization_folder");
    config["peft_type"] = "VERA";
    config["save_projection"] = true;
    config["projection_prng_key"] = 0;
    config["bias"] = "none";
    config["fan_in_fan_out"] = false;
    return config;
  }

 private:
  // Uniform with the variance 2 / fan-in (He et al. 2015), as large as the largest layer needs.
  void make_projections(const std::vector<LinearLayer>& layers, int64_t r, uint64_t seed) {
    int64_t outputs = 0, inputs = 0;
    for (const LinearLayer& layer : layers) {
      outputs = std::max(outputs, layer.weight_NK.size(0));
      inputs = std::max(inputs, layer.weight_NK.size(1));
    }
    auto generator = at::detail::createCPUGenerator(seed);
    const auto uniform = [&](int64_t rows, int64_t columns) {
      const double bound = std::sqrt(6.0 / static_cast<double>(columns));
      return at::empty({rows, columns})
          .uniform_(-bound, bound, generator)
          .to(model_.weights().shared_VD.options().requires_grad(false));
    };
    a_ = uniform(r, inputs);
    b_ = uniform(outputs, r);
  }

  nlohmann::json parameters_;
  Tensor a_, b_;  // [r, most inputs], [most outputs, r]
};

void check_vera(const nlohmann::json& parameters) {
  if (!parameters.at("target_modules").empty()) return;
  throw ConfigError(
      "vera: target_modules names nothing; name some of q, k, v, o, wi, wi_0, wi_1, wo");
}

}  // namespace

Tuning vera() {
  return {
      {.name = "vera",
       .paper = "Kopiczko et al. 2024; parameters as in PEFT's VeraConfig",
       .parameters = with_saved_start(
           {{"r", 256, "rank of the shared matrices", between(1, 4096)},
            {"d_initial", 0.1, "the inner vectors at the start", above(0)},
            {"vera_dropout", 0.0, "dropout of the update's input", from_up_to(0, 1)},
            {"target_modules",
             {"q", "v"},
             "modules that get an update: q, k, v, o, wi, wi_0, wi_1, wo"}}),
       .starts_from = {"VERA"},
       .keeps_weights = always_keeps_weights,
       .check = check_vera},
      [](T5Model& model, const nlohmann::json& parameters, uint64_t seed, const SoftTokenPlan&) {
        refuse_causal(model, "vera");
        return std::make_unique<Vera>(model, parameters, seed);
      }};
}

}  // namespace dovetail
