// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tuning/adapter_config.h"
#include "tuning/module_pattern.h"

namespace dovetail {

// A LoraConfig of PEFT 0.21.2 as it acts on a model: which linear layers get an update, of which
// rank and scale. Modules have the names of the model: "encoder.block.0.layer.0.SelfAttention.q".
class LoraConfig {
 public:
  // What PEFT subtracts from the weights of a targeted layer when it loads the adapter.
  enum class Residual {
    none,
    pissa,  // their r largest singular components (Meng et al. 2024)
    olora  // scaling * Q R, with the first r columns and rows of their QR factors (Buyukakyuz 2024)
  };

  // `model_type`: as in config.json. Throws ConfigError that names the key for values that are
  // refused or out of range.
  LoraConfig(const AdapterConfig& config, const std::string& model_type);

  // Whether a linear layer of a block gets an update. Throws ConfigError where target_modules and
  // target_parameters both name it.
  bool targets(const std::string& module) const;

  // The rank and the scale of a targeted layer's update.
  int64_t r(const std::string& module) const;
  double scaling(const std::string& module) const;

  Residual residual() const { return residual_; }
  bool use_dora() const { return use_dora_; }

 private:
  using Json = nlohmann::ordered_json;

  // target_modules or exclude_modules: a pattern for the whole name, or a list of names and of
  // their endings.
  struct ModuleChoice {
    std::optional<ModulePattern> pattern;
    std::vector<std::string> names;
  };
  // rank_pattern or alpha_pattern, in the order in which they are tried.
  using PatternValues = std::vector<std::pair<ModulePattern, double>>;

  void read_targets(const std::string& model_type);
  void read_layers();
  ModuleChoice module_choice(const char* key) const;
  std::vector<std::string> texts(const char* key) const;
  PatternValues pattern_values(const char* key) const;
  double positive_number(const char* key) const;
  bool flag(const char* key) const;
  Residual read_residual() const;
  std::string where(const char* key) const;

  bool is_target_module(const std::string& module) const;
  bool is_target_parameter(const std::string& module) const;
  bool is_in_chosen_layer(const std::string& module) const;
  std::string matched_name(const std::string& module) const;

  const AdapterConfig config_;
  ModuleChoice targets_, excluded_;
  std::vector<std::string> target_parameters_;
  std::optional<std::vector<int64_t>> layers_;
  std::vector<ModulePattern> layer_patterns_;
  double r_, lora_alpha_;
  PatternValues rank_pattern_, alpha_pattern_;
  bool use_rslora_, use_dora_;
  Residual residual_;
};

}  // namespace dovetail
