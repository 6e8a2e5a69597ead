// SPDX-License-Identifier: Apache-2.0
#include "tuning/prompt_adapter.h"

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "model/checkpoints/json_text.h"
#include "tuning/adapter_tensors.h"
#include "tuning/tuning_method.h"

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

// Earlier versions noted the names alone, in whatever place the tokens stood.
void check_has_places(const PromptAdapter& prompt) {
  const std::string file = prompt.names_file.string();
  if (parse_json_object(read_file(prompt.names_file), file).contains("source")) return;
  throw_<ConfigError>(
      "{}: does not say where the soft tokens stand, as an earlier version of Dovetail wrote it; "
      "run the cell again into a new folder, or take this file away to put the vectors before "
      "every source, as PEFT does",
      file);
}

at::Tensor read_rows(const fs::path& folder, const AdapterConfig& config, int64_t d_model) {
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

}  // namespace

void read_soft_tokens(const fs::path& folder, PromptAdapter& prompt) {
  const fs::path file = folder / kSoftTokensFile;
  if (!fs::is_regular_file(file)) return;
  prompt.names_file = file;
  const nlohmann::json json = parse_json_object(read_file(file), file.string());
  try {
    const auto before = json.value("rows_before", int64_t{0});
    prompt.names = json.at("tokens").get<std::vector<std::string>>();
    prompt.source = source_parts_from(json.value("source", nlohmann::json()));
    if (before < 0 || before + std::ssize(prompt.names) != prompt.size()) {
      throw_<DataError>("{}: names {} tokens behind {} other rows, and the prompt has {} rows",
                        file.string(), prompt.names.size(), before, prompt.size());
    }
    prompt.table_KD = prompt.table_KD.slice(0, before).contiguous();
  } catch (const nlohmann::json::exception& error) {
    throw_<DataError>("{}: expected \"tokens\", their names, and \"source\", their places: {}",
                      file.string(), error.what());
  }
}

void write_soft_tokens(const fs::path& folder, const SoftTokenPlan& plan,
                       const nlohmann::json& notes, int64_t rows_before) {
  nlohmann::json description = notes;
  description["tokens"] = plan.names();
  description["rows_before"] = rows_before;
  description["source"] = json_of(plan.source);
  write_file_atomically(folder / kSoftTokensFile, description.dump(2) + "\n");
}

PromptAdapter read_prompt(const fs::path& folder, const AdapterConfig& config, int64_t d_model) {
  PromptAdapter prompt;
  prompt.table_KD = read_rows(folder, config, d_model);
  read_soft_tokens(folder, prompt);
  return prompt;
}

PromptAdapter read_placed_prompt(const fs::path& folder, const AdapterConfig& config,
                                 int64_t d_model, const std::string& task_type) {
  const auto task = config.value("task_type");
  if (task != task_type) {
    throw_<ConfigError>(
        "{}: \"task_type\" is {}; only with {} does PEFT put the prompt before the {}input",
        config.file.string(), task.dump(), task_type,
        task_type == "SEQ_2_SEQ_LM" ? "encoder's " : "");
  }
  PromptAdapter prompt = read_prompt(folder, config, d_model);
  if (prompt.is_own()) {
    check_has_places(prompt);
  } else if (config.peft_type == kOwnPromptType) {
    throw_<ConfigError>("{}: expected {} beside it, which says where the soft tokens stand",
                        config.file.string(), kSoftTokensFile);
  }
  return prompt;
}

}  // namespace dovetail
