// SPDX-License-Identifier: Apache-2.0
#include "base/shape_names.h"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace dovetail {

nlohmann::json with_published_names(nlohmann::json config) {
  using Names = std::vector<std::pair<const char*, const char*>>;
  static const Names t5 = {{"d_model", "hidden_size"},
                           {"d_kv", "head_dim"},
                           {"num_layers", "num_hidden_layers"},
                           {"num_heads", "num_attention_heads"}};
  static const Names gpt2 = {{"n_embd", "hidden_size"},
                             {"n_head", "num_attention_heads"},
                             {"n_layer", "num_hidden_layers"},
                             {"n_positions", "max_position_embeddings"}};
  const auto type = config.find("model_type");
  if (type != config.end() && *type == "llama") return config;
  for (const auto& [published, other] : type != config.end() && *type == "gpt2" ? gpt2 : t5)
    if (config.contains(other) && !config[other].is_null()) config[published] = config[other];
  return config;
}

}  // namespace dovetail
