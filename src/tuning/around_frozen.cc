// SPDX-License-Identifier: Apache-2.0
#include "tuning/around_frozen.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/error.h"
#include "base/names.h"
#include "tuning/adapter_config.h"
#include "tuning/adapter_folder.h"
#include "tuning/adapter_tensors.h"

namespace dovetail {

using at::Tensor;

void freeze(T5Model& model) {
  for (auto& [name, tensor] : named_tensors(model.config(), model.weights()))
    tensor.requires_grad_(false);
  if (model.prepacking() != Prepacking::both_ways) model.set_prepacking(Prepacking::both_ways);
}

AroundFrozen::AroundFrozen(T5Model& model) : model_(model) { freeze(model); }

Tensor AroundFrozen::add_trained(std::string name, const Tensor& start) {
  const Tensor& like = model_.weights().shared_VD;
  const Tensor trained = start.to(like.device(), like.scalar_type()).clone().requires_grad_(true);
  trained_.emplace_back(std::move(name), trained);
  return trained;
}

Bottleneck AroundFrozen::make_bottleneck(const std::string& name, int64_t width,
                                         at::Generator& generator) {
  const int64_t d = model_.config().d_model;
  const double bound = 1 / std::sqrt(static_cast<double>(d));
  Bottleneck made;
  made.down_rD =
      add_trained(name + ".down.weight", at::empty({width, d}).uniform_(-bound, bound, generator));
  made.down_bias_r = add_trained(name + ".down.bias", at::zeros({width}));
  made.up_Dr = add_trained(name + ".up.weight", at::zeros({d, width}));
  made.up_bias_D = add_trained(name + ".up.bias", at::zeros({d}));
  return made;
}

NamedTensors AroundFrozen::stored() const {
  NamedTensors named;
  for (const auto& [name, tensor] : trained_) named.emplace_back(kPeftPrefix + name, tensor);
  return named;
}

void AroundFrozen::restore(const NamedTensors& tensors) {
  std::map<std::string, Tensor> places;
  for (const auto& [name, tensor] : stored()) places[name] = tensor;
  if (places.size() != tensors.size()) {
    throw_<DataError>("expected {} tensors, found {}; is it an adapter of another model?",
                      places.size(), tensors.size());
  }
  const at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : tensors) {
    const auto place = places.find(name);
    if (place == places.end() || place->second.sizes() != tensor.sizes())
      throw_<DataError>("{} does not fit the model; is it an adapter of another one?", name);
    place->second.copy_(tensor);
  }
}

void AroundFrozen::begin_at(const std::filesystem::path& folder) {
  const AdapterTensors read = read_adapter_tensors(folder);
  try {
    restore(read.tensors);
  } catch (const DataError& error) {
    throw_<DataError>("{}: {}", read.file.string(), error.what());
  }
}

Parameters with_saved_start(Parameters parameters) {
  parameters.push_back(
      {"initialization_folder", "", "folder of a saved adapter of this kind to start from"});
  return parameters;
}

void AroundFrozen::save(const std::filesystem::path& folder) const {
  save_adapter(folder, config(), stored(), task_type_of(model_));
}

namespace {

// The kinds of linear layers, each with T5's kinds of the same use.
const std::map<std::string, std::set<std::string>>& linear_uses() {
  static const std::map<std::string, std::set<std::string>> uses = {{"q", {}},
                                                                    {"k", {}},
                                                                    {"v", {}},
                                                                    {"o", {}},
                                                                    {"wi", {}},
                                                                    {"wi_0", {}},
                                                                    {"wi_1", {}},
                                                                    {"wo", {}},
                                                                    {"q_proj", {"q"}},
                                                                    {"k_proj", {"k"}},
                                                                    {"v_proj", {"v"}},
                                                                    {"o_proj", {"o"}},
                                                                    {"gate_proj", {"wi_0"}},
                                                                    {"up_proj", {"wi_1"}},
                                                                    {"down_proj", {"wo"}},
                                                                    {"c_attn", {"q", "k", "v"}},
                                                                    {"attn.c_proj", {"o"}},
                                                                    {"c_fc", {"wi"}},
                                                                    {"mlp.c_proj", {"wo"}}};
  return uses;
}

// The last `parts` parts of a module's name.
std::string ending_of(const std::string& module, int parts) {
  size_t at = module.size();
  for (int i = 0; i < parts && at != std::string::npos && at > 0; ++i)
    at = module.rfind('.', at - 1);
  return at == std::string::npos ? module : module.substr(at + 1);
}

}  // namespace

std::string linear_kind(const std::string& module) {
  for (const int parts : {1, 2}) {
    const std::string ending = ending_of(module, parts);
    if (linear_uses().contains(ending)) return ending;
  }
  return "";
}

std::set<std::string> kinds_of(const std::vector<LinearLayer>& layers) {
  std::set<std::string> kinds;
  for (const LinearLayer& layer : layers) kinds.insert(layer.kind);
  return kinds;
}

void refuse_causal(const T5Model& model, const std::string& tuning) {
  if (!model.config().is_causal()) return;
  throw_<ConfigError>(
      "tuning \"{}\" is for encoder-decoder models, and this one is a decoder-only {}: tune it "
      "with full, full_and_prompt, last_layers, norms, bitfit, soft_prompt, dept, adept, attempt, "
      "lora or dora",
      tuning, model.config().model_type);
}

std::vector<LinearLayer> linear_layers(const T5Model& model) {
  std::vector<LinearLayer> layers;
  for (const auto& [name, tensor] : named_tensors(model.config(), model.weights())) {
    if (!name.ends_with(".weight")) continue;
    const std::string module = name.substr(0, name.rfind('.'));
    const std::string kind = linear_kind(module);
    if (!kind.empty()) layers.push_back({module, kind, tensor});
  }
  return layers;
}

std::vector<LinearLayer> linear_layers(const T5Model& model, const std::string& tuning,
                                       const std::set<std::string>& targets) {
  std::vector<LinearLayer> chosen;
  std::set<std::string> known;
  for (const LinearLayer& layer : linear_layers(model)) {
    std::set<std::string> names = linear_uses().at(layer.kind);
    names.insert(layer.kind);
    known.insert(names.begin(), names.end());
    const auto is_target = [&](const std::string& name) { return targets.contains(name); };
    if (std::ranges::any_of(names, is_target)) chosen.push_back(layer);
  }
  for (const std::string& target : targets) {
    if (known.contains(target)) continue;
    throw_<ConfigError>("{}: target_modules names \"{}\", of which this model has none; {}", tuning,
                        target, did_you_mean(target, std::vector(known.begin(), known.end())));
  }
  return chosen;
}

std::set<std::string> set_of(const nlohmann::json& list) {
  std::set<std::string> names;
  for (const auto& name : list) names.insert(name.get<std::string>());
  return names;
}

nlohmann::json own_config(const std::string& tuning, nlohmann::json parameters) {
  parameters.erase("initialization_folder");  // the values are in the folder that this is for
  return {{"peft_type", kOwnType}, {"tuning", tuning}, {"parameters", parameters}};
}

}  // namespace dovetail
