// SPDX-License-Identifier: Apache-2.0
#include "tuning/adapter_folder.h"

#include <map>

#include "base/file.h"
#include "model/checkpoints/safetensors.h"
#include "tuning/adapter_config.h"
#include "tuning/lora_adapter.h"
#include "tuning/other_adapters.h"

namespace dovetail {

void save_adapter(const std::filesystem::path& folder, nlohmann::json config,
                  const NamedTensors& tensors, const std::string& task_type) {
  std::filesystem::create_directories(folder);
  config["task_type"] = task_type;
  config["base_model_name_or_path"] = nullptr;  // which `dovetail export` names
  config["inference_mode"] = true;
  write_file_atomically(folder / "adapter_config.json", config.dump(2) + "\n");
  write_safetensors(folder / "adapter_model.safetensors", tensors);
}

std::string task_type_of(const T5Model& model) {
  return model.config().is_causal() ? "CAUSAL_LM" : "SEQ_2_SEQ_LM";
}

namespace {

using Reader = void (*)(const std::filesystem::path&, const AdapterConfig&, T5Model&);

// read_adapter_config has refused every other kind.
Reader find_reader(const AdapterConfig& config) {
  static const std::map<std::string, Reader> readers = {
      {"LORA", load_lora_adapter},       {"IA3", load_ia3_adapter},
      {"VERA", load_vera_adapter},       {"PREFIX_TUNING", load_prefix_adapter},
      {"LN_TUNING", load_norms_adapter}, {kOwnType, load_own_adapter}};
  return readers.at(config.peft_type);
}

}  // namespace

PromptAdapter load_adapter(const std::filesystem::path& folder, T5Model& model) {
  const AdapterConfig config = read_adapter_config(folder);
  if (config.is_prompt()) {
    PromptAdapter prompt =
        read_placed_prompt(folder, config, model.config().d_model, task_type_of(model));
    prompt.table_KD = prompt.table_KD.to(model.device());
    return prompt;
  }
  if (has_soft_tokens(config)) return load_own_prompt(folder, config, model);
  find_reader(config)(folder, config, model);
  return {};
}

}  // namespace dovetail
