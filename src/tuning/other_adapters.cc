// SPDX-License-Identifier: Apache-2.0
#include "tuning/other_adapters.h"

#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <map>

#include "base/error.h"
#include "tuning/adapter_tensors.h"
#include "tuning/around_frozen.h"

namespace dovetail {

using at::Tensor;
namespace fs = std::filesystem;

namespace {

// The tensors of a file by module and by what follows it: {"...SelfAttention.k", "ia3_l"}.
using ModuleTensors = std::map<std::string, std::map<std::string, Tensor>>;

ModuleTensors by_module(const AdapterTensors& read) {
  ModuleTensors modules;
  for (const auto& [given, tensor] : read.tensors) {
    std::string name = given;
    if (name.starts_with(kPeftPrefix)) name = name.substr(std::string_view(kPeftPrefix).size());
    const size_t dot = name.rfind('.');
    const std::string module = dot == std::string::npos ? "" : name.substr(0, dot);
    modules[module][dot == std::string::npos ? name : name.substr(dot + 1)] = tensor;
  }
  return modules;
}

[[noreturn]] void refuse(const AdapterTensors& read, const std::string& name) {
  throw_<DataError>(
      "{}: {} does not fit the model or the settings; is it an adapter of another "
      "model?",
      read.file.string(), name);
}

std::map<std::string, LinearLayer> layers_by_module(const T5Model& model) {
  std::map<std::string, LinearLayer> layers;
  for (const LinearLayer& layer : linear_layers(model)) layers[layer.module] = layer;
  return layers;
}

const LinearLayer& layer_of(const std::map<std::string, LinearLayer>& layers,
                            const AdapterTensors& read, const std::string& module) {
  const auto found = layers.find(module);
  if (found == layers.end()) refuse(read, module);
  return found->second;
}

// The matrices that all layers share: stored, or made again from PEFT's key.
struct VeraMatrices {
  Tensor a_rK, b_Nr;
};

VeraMatrices stored_matrices(ModuleTensors& modules, const AdapterConfig& config,
                             const AdapterTensors& read) {
  auto& shared = modules["base_model"];
  VeraMatrices matrices{shared["vera_A"], shared["vera_B"]};
  modules.erase("base_model");
  if (!matrices.a_rK.defined() || !matrices.b_Nr.defined()) {
    throw_<ConfigError>(
        "{}: has no vera_A and vera_B, as \"save_projection\" of {} was false; save the adapter "
        "with save_projection=True",
        read.file.string(), config.file.string());
  }
  return matrices;
}

}  // namespace

void load_ia3_adapter(const fs::path& folder, const AdapterConfig&, T5Model& model) {
  const AdapterTensors read = read_adapter_tensors(folder);
  const auto layers = layers_by_module(model);
  for (const auto& [module, tensors] : by_module(read)) {
    const LinearLayer& layer = layer_of(layers, read, module);
    for (const auto& [name, factors] : tensors) {
      const int64_t outputs = layer.weight_NK.size(0), inputs = layer.weight_NK.size(1);
      const Tensor values = factors.flatten().to(model.device());
      const bool of_inputs = factors.dim() == 2 && factors.size(0) == 1,
                 alone = layer.kind == "wo" || layer.kind == "o";
      if (name != "ia3_l" || factors.numel() != (of_inputs ? inputs : outputs))
        refuse(read, module + "." + name);
      if (of_inputs && !alone) {
        throw_<ConfigError>(
            "{}: \"feedforward_modules\" scales the input of {}; only o and wo can have that here",
            read.file.string(), module);
      }
      WeightAddition addition;
      (of_inputs ? addition.input_K : addition.factor_N) = values;
      model.set_addition(layer.weight_name(), addition);
    }
  }
}

void load_vera_adapter(const fs::path& folder, const AdapterConfig& config, T5Model& model) {
  const AdapterTensors read = read_adapter_tensors(folder);
  const auto layers = layers_by_module(model);
  ModuleTensors modules = by_module(read);
  const VeraMatrices shared = stored_matrices(modules, config, read);
  const int64_t r = shared.a_rK.size(0);
  for (auto& [module, tensors] : modules) {
    const LinearLayer& layer = layer_of(layers, read, module);
    const int64_t outputs = layer.weight_NK.size(0), inputs = layer.weight_NK.size(1);
    const Tensor outer = tensors["vera_lambda_b"], inner = tensors["vera_lambda_d"];
    const bool fits = outer.defined() && inner.defined() && tensors.size() == 2 &&
                      outer.numel() == outputs && inner.numel() == r &&
                      shared.a_rK.size(1) >= inputs && shared.b_Nr.size(0) >= outputs &&
                      shared.b_Nr.size(1) == r;
    if (!fits) refuse(read, module);
    model.set_addition(layer.weight_name(),
                       {.a_rK = shared.a_rK.narrow(1, 0, inputs).contiguous().to(model.device()),
                        .b_Nr = shared.b_Nr.narrow(0, 0, outputs).contiguous().to(model.device()),
                        .inner_r = inner.to(model.device()),
                        .outer_N = outer.to(model.device())});
  }
}

void load_prefix_adapter(const fs::path& folder, const AdapterConfig& config, T5Model& model) {
  const auto submodules = config.value("num_transformer_submodules");
  if (!submodules.is_null() && submodules != 2) {
    throw_<ConfigError>("{}: \"num_transformer_submodules\" must be 2, found {}",
                        config.file.string(), submodules.dump());
  }
  const auto rows = config.value("num_virtual_tokens");
  if (!rows.is_number_integer() || rows.get<int64_t>() < 1) {
    throw_<ConfigError>("{}: expected a whole number above 0 for \"num_virtual_tokens\", found {}",
                        config.file.string(), rows.dump());
  }
  AdapterConfig own = config;
  own.json["tuning"] = "prefix";
  own.json["parameters"] = {{"num_virtual_tokens", rows}, {"sharing", "peft"}};
  load_own_adapter(folder, own, model);
}

void load_norms_adapter(const fs::path& folder, const AdapterConfig& config, T5Model& model) {
  AdapterConfig own = config;
  own.json["tuning"] = "norms";
  own.json["parameters"] = nlohmann::json::object();
  load_own_adapter(folder, own, model);
}

namespace {

const Tuning& tuning_of(const AdapterConfig& config) {
  const auto name = config.value("tuning");
  if (name.is_string()) return find_tuning(name);
  throw_<ConfigError>("{}: expected the name of a tuning for \"tuning\", found {}",
                      config.file.string(), name.dump());
}

// Made as it was saved. A network makes what it makes at the first call.
std::unique_ptr<TuningMethod> method_of(const fs::path& folder, const AdapterConfig& config,
                                        T5Model& model, const SoftTokenPlan& plan) {
  const Tuning& tuning = tuning_of(config);
  if (tuning.entry.classifies) {
    throw_<ConfigError>(
        "{}: {} chooses among the labels of the task that it was trained on, in the sweep; here "
        "there is no such task",
        config.file.string(), tuning.entry.name);
  }
  if (tuning.entry.starts_from.empty())
    throw_<ConfigError>("{}: {} is saved as a whole model", config.file.string(),
                        tuning.entry.name);
  auto method = tuning.make(model, config.value("parameters"), /*seed=*/0, plan);
  method->begin_at(folder);
  for (auto& [trained, tensor] : method->trainable()) tensor.requires_grad_(false);
  return method;
}

}  // namespace

bool has_soft_tokens(const AdapterConfig& config) {
  return config.peft_type == kOwnType && tuning_of(config).entry.soft_tokens;
}

void load_own_adapter(const fs::path& folder, const AdapterConfig& config, T5Model& model) {
  const at::NoGradGuard no_grad;
  method_of(folder, config, model, {})->embed(at::zeros({1, 1}, at::kLong).to(model.device()));
}

PromptAdapter load_own_prompt(const fs::path& folder, const AdapterConfig& config, T5Model& model) {
  PromptAdapter prompt{.table_KD = at::zeros({0, model.config().d_model})};
  for (const auto& [name, tensor] : read_adapter_tensors(folder).tensors)
    if (name.ends_with("prompt_embeddings")) prompt.table_KD = tensor;
  read_soft_tokens(folder, prompt);
  SoftTokenPlan plan{.source = prompt.source};
  for (const std::string& name : prompt.names) plan.tokens.push_back({name, ""});
  const at::NoGradGuard no_grad;
  prompt.method = method_of(folder, config, model, plan);
  return prompt;
}

}  // namespace dovetail
