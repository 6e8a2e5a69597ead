// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoint.h"

#include <fmt/ranges.h>

#include <map>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/names.h"
#include "model/safetensors.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

nlohmann::json read_config(const fs::path& folder) {
  const fs::path file = folder / "config.json";
  if (!fs::exists(file)) {
    throw_<ConfigError>("{}: expected a model folder in the Hugging Face layout, found no config.json",
                        folder.string());
  }
  const nlohmann::json json = nlohmann::json::parse(read_file(file), nullptr, false);
  if (!json.is_object()) throw_<ConfigError>("{}: not a JSON object", file.string());
  return json;
}

fs::path weights_file(const fs::path& folder) {
  const fs::path file = folder / "model.safetensors";
  if (!fs::exists(file)) {
    throw_<ConfigError>("{}: no model.safetensors in this model folder", folder.string());
  }
  return file;
}

// Copies of tied tensors that some folders hold beside shared.weight.
bool is_alias(const std::string& name) {
  return name == "encoder.embed_tokens.weight" || name == "decoder.embed_tokens.weight";
}

class Filler {
 public:
  explicit Filler(NamedTensors tensors) : loaded_(tensors.begin(), tensors.end()) {}

  bool has(const std::string& name) const { return loaded_.contains(name); }

  void fill(const WeightSpec& spec, torch::Tensor& tensor) {
    const auto found = loaded_.find(spec.name);
    if (found == loaded_.end()) {
      problems_.push_back(fmt::format("{} is missing", spec.name));
      return;
    }
    used_.insert(spec.name);
    tensor = found->second;
    if (tensor.sizes().vec() != spec.shape) {
      problems_.push_back(fmt::format("{} has shape [{}], expected [{}]", spec.name,
                                      fmt::join(tensor.sizes().vec(), ", "),
                                      fmt::join(spec.shape, ", ")));
    }
  }

  void finish(const fs::path& file) {
    for (const auto& [name, tensor] : loaded_) {
      if (!used_.contains(name) && !is_alias(name)) problems_.push_back(name + " is not T5's");
    }
    if (problems_.empty()) return;
    throw_<DataError>("{} does not match its config.json: {}", file.string(), join(problems_, "; "));
  }

 private:
  std::map<std::string, torch::Tensor> loaded_;
  std::set<std::string> used_;
  std::vector<std::string> problems_;
};

}  // namespace

Checkpoint load_checkpoint(const fs::path& folder) {
  Checkpoint checkpoint;
  checkpoint.config = t5_config_from(read_config(folder));
  const fs::path file = weights_file(folder);
  Filler filler(read_safetensors(file));
  // What is in the file wins over the key: some untied models are saved as "tied".
  checkpoint.config.tie_word_embeddings = !filler.has("lm_head.weight");
  for_each_weight(checkpoint.config, checkpoint.weights,
                  [&](const WeightSpec& spec, torch::Tensor& tensor) { filler.fill(spec, tensor); });
  filler.finish(file);
  return checkpoint;
}

void save_checkpoint(const fs::path& folder, const T5Config& config, const T5Weights& weights,
                     bool bfloat16) {
  fs::create_directories(folder);
  write_file_atomically(folder / "config.json", config_json(config).dump(2) + "\n");
  write_safetensors(folder / "model.safetensors", named_tensors(config, weights), bfloat16);
}

std::string checkpoint_fingerprint(const fs::path& folder) {
  const nlohmann::json json = read_config(folder);
  t5_config_from(json);
  const fs::path file = weights_file(folder);
  const MappedFile weights(file);
  parse_safetensors_header(weights.bytes(), file.string());
  std::string parts = json.dump() + content_hash(weights.bytes());
  for (const char* vocabulary : {"spiece.model", "tokenizer_config.json"}) {
    if (fs::exists(folder / vocabulary)) parts += file_hash(folder / vocabulary);
  }
  return content_hash(parts);
}

}  // namespace dovetail
