// SPDX-License-Identifier: Apache-2.0
#include "tuning/low_rank_update.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/random.h"
#include "tuning/adapter_config.h"
#include "tuning/around_frozen.h"

namespace dovetail {

namespace {

using at::Tensor;

struct Settings {
  int64_t r = 0;
  double alpha = 0, scaling = 1, dropout = 0;
  bool use_rslora = false, use_dora = false;
  std::string start;
  std::set<std::string> targets;
};

Settings read_settings(const nlohmann::json& parameters, bool use_dora) {
  Settings settings{.r = parameters.at("r").get<int64_t>(),
                    .alpha = parameters.at("lora_alpha").get<double>(),
                    .dropout = parameters.at("lora_dropout").get<double>(),
                    .use_rslora = parameters.at("use_rslora").get<bool>(),
                    .use_dora = use_dora,
                    .start = parameters.at("init_lora_weights").get<std::string>(),
                    .targets = set_of(parameters.at("target_modules"))};
  const auto r = static_cast<double>(settings.r);
  settings.scaling = settings.alpha / (settings.use_rslora ? std::sqrt(r) : r);
  return settings;
}

struct Factors {
  Tensor a_rK, b_Nr;
};

class LowRankUpdate final : public AroundFrozen {
 public:
  // The factors say nothing of their scale, nor of what the weights have lost.
  void begin_at(const std::filesystem::path& folder) override {
    const AdapterConfig saved = read_adapter_config(folder);
    const nlohmann::json own = config();
    for (const char* key : {"lora_alpha", "use_rslora", "use_dora", "init_lora_weights",
                            "rank_pattern", "alpha_pattern"}) {
      nlohmann::json found = saved.value(key), expected = own.value(key, nlohmann::json());
      if (key == std::string("init_lora_weights") && found != "pissa" && found != "olora")
        found = true;  // of the others nothing is left
      const bool absent = found.is_null() || found.empty() || found == false;
      if (found == expected || (absent && (expected.is_null() || expected == false))) continue;
      throw_<ConfigError>("initialization_folder: \"{}\" is {} in {}, and {} in this tuning", key,
                          found.dump(), saved.file.string(), expected.dump());
    }
    AroundFrozen::begin_at(folder);
  }

  LowRankUpdate(const std::string& tuning, T5Model& model, Settings settings, uint64_t seed)
      : AroundFrozen(model),
        settings_(std::move(settings)),
        generator_(at::detail::createCPUGenerator(derive_seed(seed, "lora"))) {
    const at::NoGradGuard no_grad;
    const std::vector<LinearLayer> layers = linear_layers(model, tuning, settings_.targets);
    for (const LinearLayer& layer : layers) add(layer);
    if (model.config().is_causal()) settings_.targets = kinds_of(layers);  // for PEFT, by its names
    if (settings_.start != "default") model.set_prepacking(Prepacking::both_ways);  // they changed
  }

 protected:
  nlohmann::json config() const override {
    nlohmann::json start = true;
    if (settings_.start != "default") start = settings_.start;
    return {{"peft_type", "LORA"},
            {"r", settings_.r},
            {"lora_alpha", settings_.alpha},
            {"lora_dropout", settings_.dropout},
            {"target_modules", settings_.targets},
            {"use_rslora", settings_.use_rslora},
            {"use_dora", settings_.use_dora},
            {"init_lora_weights", start},
            {"bias", "none"},
            {"fan_in_fan_out", model_.config().model_type == "gpt2"}};
  }

 private:
  void add(const LinearLayer& layer) {
    const Factors start = factors_of(layer);
    WeightAddition addition{.scaling = settings_.scaling, .dropout = settings_.dropout};
    addition.a_rK = add_trained(layer.module + ".lora_A.weight", start.a_rK);
    addition.b_Nr = add_trained(layer.module + ".lora_B.weight", start.b_Nr);
    if (settings_.use_dora) {
      addition.magnitude_N =
          add_trained(layer.module + ".lora_magnitude_vector", layer.weight_NK.norm(2, 1));
    }
    model_.set_addition(layer.weight_name(), addition);
  }

  Factors factors_of(const LinearLayer& layer) {
    if (settings_.start == "pissa") return singular_start(layer);
    if (settings_.start == "olora") return orthogonal_start(layer);
    const int64_t inputs = layer.weight_NK.size(1);
    const double bound = 1 / std::sqrt(static_cast<double>(inputs));
    return {at::empty({settings_.r, inputs}).uniform_(-bound, bound, generator_),
            at::zeros({layer.weight_NK.size(0), settings_.r})};
  }

  // The update is the weight's r largest singular components, and the weight loses them
  // (Meng et al. 2024, sec. 3).
  Factors singular_start(const LinearLayer& layer) const {
    check_rank(layer);
    const auto [u, s, vh] = at::linalg_svd(layer.weight_NK, /*full_matrices=*/false);
    const Tensor root = (s.slice(0, 0, settings_.r) / settings_.scaling).sqrt();
    Factors start{root.unsqueeze(1) * vh.slice(0, 0, settings_.r),
                  u.slice(1, 0, settings_.r) * root};
    take_away(start, layer);
    return start;
  }

  // The same with r columns of the weight's QR factors (Buyukakyuz 2024, algorithm 1).
  Factors orthogonal_start(const LinearLayer& layer) const {
    check_rank(layer);
    const auto [q, upper] = at::linalg_qr(layer.weight_NK);
    Factors start{upper.slice(0, 0, settings_.r), q.slice(1, 0, settings_.r)};
    take_away(start, layer);
    return start;
  }

  void take_away(const Factors& start, const LinearLayer& layer) const {
    layer.weight_NK.sub_(at::mm(start.b_Nr, start.a_rK), settings_.scaling);
  }

  void check_rank(const LinearLayer& layer) const {
    const int64_t most = std::min(layer.weight_NK.size(0), layer.weight_NK.size(1));
    if (settings_.r <= most) return;
    throw_<ConfigError>(
        "lora: r = {} is above the rank {} of {}, which init_lora_weights = \"{}\" "
        "starts from; set r to {} at most",
        settings_.r, most, layer.weight_name(), settings_.start, most);
  }

  Settings settings_;
  at::Generator generator_;
};

}  // namespace

Parameters low_rank_parameters() {
  return with_saved_start(
      {{"r", 8, "rank of the update", between(1, 1024)},
       {"lora_alpha", 8.0, "the update is scaled by lora_alpha / r", above(0)},
       {"lora_dropout", 0.0, "dropout of the update's input", from_up_to(0, 1)},
       {"target_modules",
        {"q", "v"},
        "modules that get an update: q, k, v, o, wi, wi_0, wi_1, wo; of a decoder-only model "
        "those of the same use, or by its names"},
       {"use_rslora", false, "scale by lora_alpha / sqrt(r) (Kalajdzievski 2023)"},
       {"init_lora_weights",
        "default",
        "the factors at the start: default (the update is zero), pissa or olora (parts of the "
        "weight, which it loses)",
        {},
        {"default", "pissa", "olora"}}});
}

// A start from parts of the weights takes them away from the model, and a saved adapter may come
// from one that did.
bool low_rank_keeps_weights(const nlohmann::json& parameters) {
  return parameters.at("init_lora_weights") == "default" &&
         parameters.at("initialization_folder") == "";
}

void check_low_rank(const std::string& tuning, const nlohmann::json& parameters) {
  if (parameters.at("target_modules").empty()) {
    throw_<ConfigError>(
        "{}: target_modules names nothing; name some of q, k, v, o, wi, wi_0, wi_1, wo", tuning);
  }
}

std::unique_ptr<TuningMethod> make_low_rank(const std::string& tuning, T5Model& model,
                                            const nlohmann::json& parameters, uint64_t seed,
                                            bool use_dora) {
  return std::make_unique<LowRankUpdate>(tuning, model, read_settings(parameters, use_dora), seed);
}

}  // namespace dovetail
