// SPDX-License-Identifier: Apache-2.0
// The rules of PEFT 0.21.2: tuners/tuners_utils.py (check_target_module_exists, _inject_parameters,
// _maybe_include_all_linear_layers), utils/other.py (get_pattern_key), tuners/lora/layer.py
// (update_layer).
#include "tuning/lora_config.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/error.h"

namespace dovetail {

namespace {

bool is_name_or_ending(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::any_of(names, [&](const std::string& given) {
    return name == given || name.ends_with("." + given);
  });
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

}  // namespace

LoraConfig::LoraConfig(const AdapterConfig& config, const std::string& model_type)
    : config_(config),
      r_(positive_number("r")),
      lora_alpha_(positive_number("lora_alpha")),
      rank_pattern_(pattern_values("rank_pattern")),
      alpha_pattern_(pattern_values("alpha_pattern")),
      use_rslora_(flag("use_rslora")),
      use_dora_(flag("use_dora")),
      residual_(read_residual()) {
  excluded_ = module_choice("exclude_modules");
  target_parameters_ = texts("target_parameters");
  read_targets(model_type);
  read_layers();
  if (use_dora_ && !target_parameters_.empty()) {
    throw_<ConfigError>("{}: \"use_dora\" and \"target_parameters\" exclude each other",
                        config_.file.string());
  }
}

std::string LoraConfig::where(const char* key) const {
  return fmt::format("{}: \"{}\"", config_.file.string(), key);
}

double LoraConfig::positive_number(const char* key) const {
  const Json value = config_.value(key);
  if (value.is_null()) return 8;  // PEFT's default for both
  if (!value.is_number() || !(value.get<double>() > 0)) {
    throw_<ConfigError>("{}: expected a number above 0, found {}", where(key), value.dump());
  }
  return value.get<double>();
}

bool LoraConfig::flag(const char* key) const {
  const Json value = config_.value(key);
  if (!value.is_null() && !value.is_boolean()) {
    throw_<ConfigError>("{}: expected true or false, found {}", where(key), value.dump());
  }
  return value.is_boolean() && value.get<bool>();
}

std::vector<std::string> LoraConfig::texts(const char* key) const {
  const Json value = config_.value(key);
  std::vector<std::string> all;
  for (const Json& item : value.is_array() ? value : Json::array({value})) {
    if (value.is_null()) break;
    if (!item.is_string()) {
      throw_<ConfigError>("{}: expected a text or a list of texts, found {}", where(key),
                          value.dump());
    }
    all.push_back(item.get<std::string>());
  }
  return all;
}

LoraConfig::ModuleChoice LoraConfig::module_choice(const char* key) const {
  ModuleChoice choice{.pattern = {}, .names = texts(key)};
  if (config_.value(key).is_string() && !choice.names[0].empty()) {
    choice.pattern.emplace(choice.names[0], where(key));
    choice.names.clear();
  }
  return choice;
}

LoraConfig::PatternValues LoraConfig::pattern_values(const char* key) const {
  const Json value = config_.value(key);
  if (!value.is_null() && !value.is_object()) {
    throw_<ConfigError>("{}: expected an object of patterns and numbers, found {}", where(key),
                        value.dump());
  }
  PatternValues values;
  for (const auto& [pattern, number] : value.items()) {
    if (!number.is_number() || !(number.get<double>() > 0)) {
      throw_<ConfigError>("{}: expected a number above 0 for \"{}\", found {}", where(key), pattern,
                          number.dump());
    }
    values.emplace_back(ModulePattern("(.*\\.)?(" + pattern + ")", where(key)),
                        number.get<double>());
  }
  return values;
}

LoraConfig::Residual LoraConfig::read_residual() const {
  const Json value = config_.value("init_lora_weights");
  if (value.is_null() || value.is_boolean()) return Residual::none;
  const std::string name = value.is_string() ? value.get<std::string>() : value.dump();
  if (name == "pissa") return Residual::pissa;
  if (lower_case(name) == "olora") return Residual::olora;
  for (const char* harmless : {"eva", "orthogonal", "lora_ga"}) {
    if (name == harmless) return Residual::none;
  }
  for (const char* harmless : {"gaussian", "mica"}) {
    if (lower_case(name) == harmless) return Residual::none;
  }
  throw_<ConfigError>(
      "{} is \"{}\": PEFT changes the model's weights in a way that loading does not repeat (a "
      "random one for pissa_niter_N); save the adapter with "
      "path_initial_model_for_weight_conversion, which makes it one for the unchanged model",
      where("init_lora_weights"), name);
}

void LoraConfig::read_targets(const std::string& model_type) {
  const Json value = config_.value("target_modules");
  if (value.is_null()) {
    static const std::map<std::string, std::vector<std::string>> defaults = {
        {"t5", {"q", "v"}},
        {"mt5", {"q", "v"}},
        {"llama", {"q_proj", "v_proj"}},
        {"gpt2", {"c_attn"}}};  // PEFT's
    const auto found = defaults.find(model_type);
    if (found == defaults.end()) {
      throw_<ConfigError>(
          "{}: expected the modules with an update, found none; PEFT has no "
          "default for {}",
          where("target_modules"), model_type);
    }
    targets_.names = found->second;
  } else if (value.is_string() && lower_case(value.get<std::string>()) == "all-linear") {
    targets_.pattern.emplace(".*", where("target_modules"));
  } else {
    targets_ = module_choice("target_modules");
  }
}

void LoraConfig::read_layers() {
  const Json value = config_.value("layers_to_transform");
  for (const Json& item : value.is_array() ? value : Json::array({value})) {
    if (value.is_null()) break;
    if (!item.is_number_integer()) {
      throw_<ConfigError>("{}: expected numbers of layers, found {}", where("layers_to_transform"),
                          value.dump());
    }
    if (!layers_) layers_.emplace();
    layers_->push_back(item.get<int64_t>());
  }
  for (const std::string& pattern : texts("layers_pattern")) {
    if (pattern.empty()) continue;
    layer_patterns_.emplace_back("(?:^|.*?\\.)" + pattern + "\\.(\\d+)\\.",
                                 where("layers_pattern"));
  }
  if (layer_patterns_.empty()) {
    layer_patterns_.emplace_back(".*?\\.[^.]*\\.(\\d+)\\.", where("layers_pattern"));
  }
}

bool LoraConfig::is_in_chosen_layer(const std::string& module) const {
  if (!layers_) return true;
  for (const ModulePattern& pattern : layer_patterns_) {
    const std::optional<std::string> number = pattern.last_group(module);
    if (!number) continue;
    return !number->empty() && std::ranges::find(*layers_, std::stoll(*number)) != layers_->end();
  }
  return false;
}

bool LoraConfig::is_target_module(const std::string& module) const {
  if (excluded_.pattern ? excluded_.pattern->matches(module)
                        : is_name_or_ending(excluded_.names, module)) {
    return false;
  }
  if (targets_.pattern) return targets_.pattern->matches(module);
  // a whole name counts whatever its layer
  if (std::ranges::find(targets_.names, module) != targets_.names.end()) return true;
  return is_name_or_ending(targets_.names, module) && is_in_chosen_layer(module);
}

bool LoraConfig::is_target_parameter(const std::string& module) const {
  return is_name_or_ending(target_parameters_, module + ".weight");
}

bool LoraConfig::targets(const std::string& module) const {
  const bool by_module = is_target_module(module), by_parameter = is_target_parameter(module);
  if (by_module && by_parameter) {
    throw_<ConfigError>("{} and \"target_modules\" both name {}, which PEFT refuses as well",
                        where("target_parameters"), module);
  }
  return by_module || by_parameter;
}

std::string LoraConfig::matched_name(const std::string& module) const {
  return is_target_parameter(module) ? module + ".weight" : module;
}

int64_t LoraConfig::r(const std::string& module) const {
  for (const auto& [pattern, r] : rank_pattern_) {
    if (pattern.matches(matched_name(module))) return static_cast<int64_t>(r);
  }
  return static_cast<int64_t>(r_);
}

double LoraConfig::scaling(const std::string& module) const {
  double alpha = lora_alpha_;
  for (const auto& [pattern, given] : alpha_pattern_) {
    if (!pattern.matches(matched_name(module))) continue;
    alpha = given;
    break;
  }
  const auto rank = static_cast<double>(r(module));
  return use_rslora_ ? alpha / std::sqrt(rank) : alpha / rank;
}

}  // namespace dovetail
