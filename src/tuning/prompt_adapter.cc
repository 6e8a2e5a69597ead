// SPDX-License-Identifier: Apache-2.0
#include "tuning/prompt_adapter.h"

#include "base/error.h"
#include "base/log.h"
#include "tuning/adapter_tensors.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

int64_t positive_count(const AdapterConfig& config, const char* key) {
  const auto value = config.value(key);
  if (value.is_number_integer() && value.get<int64_t>() > 0) return value.get<int64_t>();
  throw_<ConfigError>("{}: expected a whole number above 0 for \"{}\", found {}",
                      config.file.string(), key, value.dump());
}

// Null stands for the 2 that PEFT fills in for an encoder-decoder.
int64_t num_submodules(const AdapterConfig& config) {
  constexpr const char* kKey = "num_transformer_submodules";
  return config.value(kKey).is_null() ? 2 : positive_count(config, kKey);
}

at::Tensor only_tensor(const AdapterTensors& read) {
  if (read.tensors.size() == 1 && read.tensors[0].first == "prompt_embeddings" &&
      read.tensors[0].second.dim() == 2) {
    return read.tensors[0].second;
  }
  throw_<DataError>("{}: expected one tensor, prompt_embeddings, found {}, the first {}",
                    read.file.string(), read.tensors.size(),
                    read.tensors.empty() ? "none" : read.tensors[0].first);
}

// The rows of a prompt of ours stand where the cell's template put them.
void refuse_own_prompt(const fs::path& folder) {
  const fs::path file = folder / kSoftTokensFile;
  if (!fs::exists(file)) return;
  throw_<ConfigError>(
      "{}: the vectors of this prompt stand where the template of its cell puts them, which only "
      "`dovetail run` knows; take this file away to put them before every input, as PEFT does",
      file.string());
}

}  // namespace

at::Tensor read_prompt_vectors(const fs::path& folder, const AdapterConfig& config,
                               int64_t d_model) {
  if (!config.is_prompt()) {
    throw_<ConfigError>("{}: expected \"peft_type\" PROMPT_TUNING or P_TUNING, found {}",
                        config.file.string(), config.peft_type);
  }
  const int64_t count = positive_count(config, "num_virtual_tokens");
  const AdapterTensors read = read_adapter_tensors(folder);
  const at::Tensor rows = only_tensor(read);
  if (rows.size(1) != d_model) {
    throw_<ConfigError>(
        "{}: expected prompt_embeddings, {} wide like the model, found {}; is it the prompt of "
        "another model?",
        read.file.string(), d_model, rows.size(1));
  }
  if (rows.size(0) != count * num_submodules(config)) {
    throw_<DataError>(
        "{}: has {} rows; \"num_virtual_tokens\" and \"num_transformer_submodules\" of {} give {}",
        read.file.string(), rows.size(0), config.file.string(), count * num_submodules(config));
  }
  if (rows.size(0) > count) {
    log_info("{}: the first {} of {} rows are the prompt; PEFT uses the others nowhere",
             read.file.string(), count, rows.size(0));
  }
  return rows.slice(0, 0, count).contiguous();
}

at::Tensor read_leading_prompt(const fs::path& folder, const AdapterConfig& config,
                               int64_t d_model) {
  const auto task = config.value("task_type");
  if (task != "SEQ_2_SEQ_LM") {
    throw_<ConfigError>(
        "{}: \"task_type\" is {}; only with SEQ_2_SEQ_LM does PEFT put the prompt before the "
        "encoder's input",
        config.file.string(), task.dump());
  }
  refuse_own_prompt(folder);
  return read_prompt_vectors(folder, config, d_model);
}

}  // namespace dovetail
