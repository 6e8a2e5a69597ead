// SPDX-License-Identifier: Apache-2.0
#include "tuning/adapter_folder.h"

#include "base/file.h"
#include "model/safetensors.h"

namespace dovetail {

void save_adapter(const std::filesystem::path& folder, nlohmann::json config, const NamedTensors& tensors) {
  std::filesystem::create_directories(folder);
  config["task_type"] = "SEQ_2_SEQ_LM";
  config["base_model_name_or_path"] = nullptr;   // the user's own folder: PeftModel.from_pretrained names it
  config["inference_mode"] = true;
  write_file_atomically(folder / "adapter_config.json", config.dump(2) + "\n");
  write_safetensors(folder / "adapter_model.safetensors", tensors);
}

}  // namespace dovetail
