// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/checkpoint.h"

#include <ATen/ops/equal.h>
#include <fmt/ranges.h>

#include <set>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/names.h"
#include "model/checkpoints/folder_configs.h"
#include "model/checkpoints/safetensors.h"
#include "model/checkpoints/weight_files.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr const char* kShared = "shared.weight";
constexpr const char* kHead = "lm_head.weight";
constexpr const char* kCopies[] = {"encoder.embed_tokens.weight", "decoder.embed_tokens.weight"};
// Some published T5 and mT5 folders hold it; no version of the model uses it.
constexpr const char* kUnused =
    "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight";

// Copies tensors out of the files one at a time, and collects all mismatches.
class Filler {
 public:
  explicit Filler(const WeightFiles& files) : files_(files) {
    for (const char* copy : kCopies) used_.insert(copy);
    used_.insert({kShared, kHead});
  }

  // Whether the head is absent, or a second copy of the embedding.
  bool is_tied() const {
    if (!has(kHead) || source_of(kShared) == kHead) return true;
    return has(source_of(kShared)) && same_values(kHead, source_of(kShared));
  }

  void fill(const WeightSpec& spec, at::Tensor& tensor) {
    const std::string source = source_of(spec.name);
    const auto found = files_.tensors().find(source);
    if (found == files_.tensors().end()) {
      problems_.push_back(fmt::format("{} is missing", spec.name));
      return;
    }
    used_.insert(source);
    if (found->second.shape == spec.shape) {
      tensor = files_.load(source);
    } else {
      problems_.push_back(fmt::format("{} has shape [{}], expected [{}]", source,
                                      fmt::join(found->second.shape, ", "),
                                      fmt::join(spec.shape, ", ")));
    }
  }

  void finish(const T5Config& config) {
    if (config.model_type != "umt5") used_.insert(kUnused);
    for (const auto& [name, tensor] : files_.tensors()) {
      if (!used_.contains(name)) problems_.push_back(name + " is not T5's");
    }
    for (const char* copy : kCopies) {
      if (has(copy) && has(source_of(kShared)) && !same_values(copy, source_of(kShared))) {
        problems_.push_back(fmt::format("{} differs from {}, of which it is a copy in every T5",
                                        copy, source_of(kShared)));
      }
    }
    if (problems_.empty()) return;
    throw_<DataError>("{} does not match its config.json: {}", files_.path().string(),
                      join(problems_, "; "));
  }

 private:
  bool has(const std::string& name) const { return files_.tensors().contains(name); }

  std::string source_of(const std::string& name) const {
    if (name != kShared || has(kShared)) return name;
    for (const char* copy : {kCopies[0], kCopies[1], kHead}) {
      if (has(copy)) return copy;
    }
    return kShared;
  }

  bool same_values(const std::string& a, const std::string& b) const {
    const StoredTensor& first = files_.tensors().at(a);
    const StoredTensor& second = files_.tensors().at(b);
    if (first.shape != second.shape) return false;
    const bool same_place = first.bytes.data() == second.bytes.data() &&
                            first.dtype == second.dtype && first.strides == second.strides;
    return same_place || at::equal(files_.load(a), files_.load(b));
  }

  const WeightFiles& files_;
  std::set<std::string> used_;
  std::vector<std::string> problems_;
};

}  // namespace

bool scaled_unlike_transformers(const T5Config& config) {
  return config.model_type == "umt5" ? !config.scale_decoder_outputs
                                     : config.model_type == "mt5" && config.scale_decoder_outputs;
}

Checkpoint load_checkpoint(const fs::path& folder) {
  Checkpoint checkpoint;
  checkpoint.config = read_folder_configs(folder).config;
  const WeightFiles files(folder);
  Filler filler(files);
  set_tied_head(checkpoint.config, filler.is_tied());
  for_each_weight(checkpoint.config, checkpoint.weights,
                  [&](const WeightSpec& spec, at::Tensor& tensor) { filler.fill(spec, tensor); });
  filler.finish(checkpoint.config);
  return checkpoint;
}

void save_checkpoint(const fs::path& folder, const T5Config& config, const T5Weights& weights,
                     bool bfloat16) {
  fs::create_directories(folder);
  nlohmann::json json = config_json(config);
  if (bfloat16) json["torch_dtype"] = "bfloat16";
  write_file_atomically(folder / "config.json", json.dump(2) + "\n");
  write_file_atomically(folder / "generation_config.json",
                        generation_config_json(config).dump(2) + "\n");
  write_safetensors(folder / "model.safetensors", named_tensors(config, weights), bfloat16);
}

std::string checkpoint_fingerprint(const fs::path& folder) {
  FolderConfigs configs = read_folder_configs(folder);
  std::string parts = configs.config_json.dump() + unusual_ids(configs.config);
  const WeightFiles files(folder);
  if (configs.config.model_type != "t5") {  // older versions of Dovetail scaled as transformers
    set_tied_head(configs.config, Filler(files).is_tied());
    if (scaled_unlike_transformers(configs.config)) parts += "logits scaled as in the original";
  }
  for (const std::string_view bytes : files.bytes()) parts += content_hash(bytes);
  for (const char* vocabulary : {"spiece.model", "tokenizer.json", "tokenizer_config.json",
                                 "special_tokens_map.json", "added_tokens.json"}) {
    if (fs::exists(folder / vocabulary)) parts += file_hash(folder / vocabulary);
  }
  return content_hash(parts);
}

}  // namespace dovetail
