// SPDX-License-Identifier: Apache-2.0
#include "tuning/adapter_folder.h"

#include <map>
#include <string_view>

#include "base/error.h"
#include "base/file.h"
#include "model/checkpoints/safetensors.h"

namespace dovetail {

void save_adapter(const std::filesystem::path& folder, nlohmann::json config,
                  const NamedTensors& tensors) {
  std::filesystem::create_directories(folder);
  config["task_type"] = "SEQ_2_SEQ_LM";
  config["base_model_name_or_path"] =
      nullptr;  // PeftModel.from_pretrained fills in the user's folder
  config["inference_mode"] = true;
  write_file_atomically(folder / "adapter_config.json", config.dump(2) + "\n");
  write_safetensors(folder / "adapter_model.safetensors", tensors);
}

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "base_model.model.", kSuffixA = ".lora_A.weight",
                           kSuffixB = ".lora_B.weight";

nlohmann::json read_adapter_config(const fs::path& folder) {
  const fs::path file = folder / "adapter_config.json";
  if (!fs::exists(file)) {
    throw_<ConfigError>(
        "{}: expected an adapter folder as PEFT saves it, found no adapter_config.json",
        folder.string());
  }
  const nlohmann::json json =
      nlohmann::json::parse(read_file(file), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw_<ConfigError>("{}: not a JSON object", file.string());
  const std::string type = json.value("peft_type", "nothing");
  if (type != "LORA") {
    throw_<ConfigError>(
        "{}: expected peft_type LORA, found {}; other adapters belong to a template, and are used "
        "within "
        "`dovetail run`",
        file.string(), type);
  }
  for (const char* key : {"r", "lora_alpha"}) {
    if (!json.contains(key) || !json[key].is_number() || !(json[key].get<double>() > 0)) {
      throw_<ConfigError>("{}: expected a number above 0 for \"{}\"", file.string(), key);
    }
  }
  return json;
}

// "encoder...q.weight" for "base_model.model.encoder...q.lora_A.weight"; "" for other names.
std::string weight_name(const std::string& name, std::string_view suffix) {
  if (!name.starts_with(kPrefix) || !name.ends_with(suffix)) return "";
  return name.substr(kPrefix.size(), name.size() - kPrefix.size() - suffix.size()) + ".weight";
}

std::map<std::string, LowRank> read_pairs(const fs::path& file, double scaling) {
  std::map<std::string, LowRank> pairs;
  for (const auto& [name, tensor] : read_safetensors(file)) {
    const std::string a = weight_name(name, kSuffixA), b = weight_name(name, kSuffixB);
    if (a.empty() && b.empty())
      throw_<DataError>("{}: {} is no tensor of a LoRA adapter", file.string(), name);
    LowRank& pair = pairs[a.empty() ? b : a];
    (a.empty() ? pair.b_Nr : pair.a_rK) = tensor;
    pair.scaling = scaling;
  }
  return pairs;
}

bool fits(const LowRank& pair, const at::Tensor& weight_NK) {
  return pair.a_rK.defined() && pair.b_Nr.defined() && pair.a_rK.dim() == 2 &&
         pair.b_Nr.dim() == 2 && pair.a_rK.size(1) == weight_NK.size(1) &&
         pair.b_Nr.size(0) == weight_NK.size(0) && pair.a_rK.size(0) == pair.b_Nr.size(1);
}

}  // namespace

void load_adapter(const fs::path& folder, T5Model& model) {
  const nlohmann::json config = read_adapter_config(folder);
  const fs::path file = folder / "adapter_model.safetensors";
  if (!fs::exists(file))
    throw_<ConfigError>("{}: no adapter_model.safetensors in this adapter folder", folder.string());
  std::map<std::string, LowRank> pairs =
      read_pairs(file, config["lora_alpha"].get<double>() / config["r"].get<double>());
  for (const auto& [name, tensor] : named_tensors(model.config(), model.weights())) {
    const auto pair = pairs.find(name);
    if (pair == pairs.end()) continue;
    if (!fits(pair->second, tensor)) {
      throw_<DataError>(
          "{}: the matrices for {} do not fit its shape [{}, {}]; is it an adapter of another "
          "model?",
          file.string(), name, tensor.size(0), tensor.size(1));
    }
    pair->second.a_rK = pair->second.a_rK.to(model.device());
    pair->second.b_Nr = pair->second.b_Nr.to(model.device());
    model.set_low_rank(name, pair->second);
    pairs.erase(pair);
  }
  if (!pairs.empty()) {
    throw_<DataError>("{}: the model has no {}; is it an adapter of another model?", file.string(),
                      pairs.begin()->first);
  }
}

}  // namespace dovetail
