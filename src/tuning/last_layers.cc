// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/error.h"
#include "tuning/own_weights.h"

namespace dovetail {

namespace {

// "encoder.block.11.layer.0..." -> 11, as "model.layers.11..." and "transformer.h.11..."; -1
// outside a block.
int64_t block_of(const std::string& name) {
  for (const std::string_view block : {".block.", ".layers.", ".h."}) {
    const size_t place = name.find(block);
    if (place != std::string::npos) return std::stoll(name.substr(place + block.size()));
  }
  return -1;
}

// The norm behind the last block belongs to it.
bool is_last_norm(const std::string& name) {
  return name.ends_with("final_layer_norm.weight") || name.starts_with("model.norm.") ||
         name.starts_with("transformer.ln_f.");
}

std::unique_ptr<TuningMethod> make_last_layers(T5Model& model, const nlohmann::json& parameters,
                                               uint64_t, const SoftTokenPlan&) {
  const auto count = parameters.at("num_layers").get<int64_t>();
  const bool encoder = parameters.at("encoder").get<bool>();
  const T5Config& config = model.config();
  const int64_t most = std::max(config.num_layers, config.num_decoder_layers);
  if (count > most) {
    throw_<ConfigError>(
        "last_layers: num_layers = {}, and the model has {} a stack; set {} at most", count, most,
        most);
  }
  return std::make_unique<OwnWeights>(model, [=](const std::string& name) {
    const bool of_encoder = name.starts_with("encoder.");
    if (of_encoder ? !encoder : !config.is_causal() && !name.starts_with("decoder.")) return false;
    const int64_t blocks = of_encoder ? config.num_layers : config.num_decoder_layers;
    const int64_t block = block_of(name);
    return block < 0 ? is_last_norm(name) : block >= blocks - count;
  });
}

}  // namespace

Tuning last_layers() {
  return {{.name = "last_layers",
           .paper = "Howard and Ruder 2018 (ULMFiT, sec. 3.3); the last blocks of each stack",
           .parameters = {{"num_layers", 1, "blocks of a stack, from its end", between(1, 1000)},
                          {"encoder", true, "of the encoder too, not the decoder alone"}}},
          make_last_layers};
}

}  // namespace dovetail
