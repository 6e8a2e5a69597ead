// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/checkpoint.h"

#include <ATen/ops/equal.h>
#include <fmt/ranges.h>

#include <algorithm>
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

constexpr const char* kHead = "lm_head.weight";

// The names in a family's folders beside those of for_each_weight().
struct FolderNames {
  std::string family;                    // for messages
  std::string shared;                    // the embedding
  std::vector<std::string> copies = {};  // of the embedding, in old folders
  std::string prefix = {};               // which folders of a network without its head leave out
  std::vector<std::string> unused = {};  // endings of tensors that no version of the model uses
};

FolderNames folder_names(const T5Config& config) {
  if (config.model_type == "llama") {
    return {.family = "Llama",
            .shared = "model.embed_tokens.weight",
            .prefix = "model.",
            .unused = {".rotary_emb.inv_freq"}};
  }
  if (config.model_type == "gpt2") {  // old folders hold the causal mask
    return {.family = "GPT-2",
            .shared = "transformer.wte.weight",
            .prefix = "transformer.",
            .unused = {".attn.bias", ".attn.masked_bias"}};
  }
  FolderNames t5{.family = "T5",
                 .shared = "shared.weight",
                 .copies = {"encoder.embed_tokens.weight", "decoder.embed_tokens.weight"}};
  // some published T5 and mT5 folders hold it
  if (config.model_type != "umt5")
    t5.unused = {"decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"};
  return t5;
}

// Copies tensors out of the files one at a time, and collects all mismatches.
class Filler {
 public:
  Filler(const WeightFiles& files, const T5Config& config)
      : files_(files), config_(config), names_(folder_names(config)) {
    used_.insert(names_.copies.begin(), names_.copies.end());
    used_.insert({names_.shared, kHead});
  }

  // Whether the head is absent, or a second copy of the embedding. Causal networks have an own head
  // unless config.json says that it is tied.
  bool is_tied() const {
    const std::string shared = source_of(names_.shared);
    if (!has(kHead)) return !config_.is_causal() || config_.tie_word_embeddings;
    return shared == kHead || (has(shared) && same_values(kHead, shared));
  }

  void fill(const WeightSpec& spec, at::Tensor& tensor) {
    const std::string source = source_of(spec.name);
    const auto found = files_.tensors().find(source);
    if (found == files_.tensors().end()) {
      problems_.push_back(fmt::format("{} is missing", spec.name));
      return;
    }
    used_.insert(source);
    std::vector<int64_t> expected = spec.shape;
    if (spec.transposed) std::ranges::reverse(expected);
    if (found->second.shape == expected) {
      tensor = spec.transposed ? files_.load(source).t().contiguous() : files_.load(source);
    } else {
      problems_.push_back(fmt::format("{} has shape [{}], expected [{}]", source,
                                      fmt::join(found->second.shape, ", "),
                                      fmt::join(expected, ", ")));
    }
  }

  void finish() {
    for (const auto& [name, tensor] : files_.tensors()) {
      if (used_.contains(name) || is_unused(name)) continue;
      problems_.push_back(fmt::format("{} is not {}'s", name, names_.family));
    }
    const std::string shared = source_of(names_.shared);
    for (const std::string& copy : names_.copies) {
      if (has(copy) && has(shared) && !same_values(copy, shared)) {
        problems_.push_back(
            fmt::format("{} differs from {}, of which it is a copy in every T5", copy, shared));
      }
    }
    if (problems_.empty()) return;
    throw_<DataError>("{} does not match its config.json: {}", files_.path().string(),
                      join(problems_, "; "));
  }

 private:
  bool has(const std::string& name) const { return files_.tensors().contains(name); }

  bool is_unused(const std::string& name) const {
    return std::ranges::any_of(names_.unused,
                               [&](const std::string& ending) { return name.ends_with(ending); });
  }

  // The name under which the files hold a tensor.
  std::string source_of(const std::string& name) const {
    if (has(name)) return name;
    if (config_.is_causal()) {
      const std::string bare = name.substr(name.starts_with(names_.prefix) * names_.prefix.size());
      return has(bare) ? bare : name;
    }
    if (name != names_.shared) return name;
    for (const std::string& copy : names_.copies)
      if (has(copy)) return copy;
    return has(kHead) ? kHead : name;
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
  const T5Config& config_;
  const FolderNames names_;
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
  Filler filler(files, checkpoint.config);
  set_tied_head(checkpoint.config, filler.is_tied());
  for_each_weight(checkpoint.config, checkpoint.weights,
                  [&](const WeightSpec& spec, at::Tensor& tensor) { filler.fill(spec, tensor); });
  filler.finish();
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
  NamedTensors stored;
  T5Weights handles = weights;
  for_each_weight(config, handles, [&](const WeightSpec& spec, at::Tensor& tensor) {
    stored.emplace_back(spec.name, spec.transposed ? tensor.detach().t().contiguous() : tensor);
  });
  write_safetensors(folder / "model.safetensors", stored, bfloat16);
}

std::string checkpoint_fingerprint(const fs::path& folder) {
  FolderConfigs configs = read_folder_configs(folder);
  std::string parts = configs.config_json.dump() + unusual_ids(configs.config);
  const WeightFiles files(folder);
  if (configs.config.model_type != "t5") {  // older versions of Dovetail scaled as transformers
    set_tied_head(configs.config, Filler(files, configs.config).is_tied());
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
