// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/error.h"
#include "tuning/own_weights.h"

namespace dovetail {

namespace {

// "encoder.block.11.layer.0..." -> 11; -1 outside a block.
int64_t block_of(const std::string& name) {
  constexpr std::string_view kBlock = ".block.";
  const size_t place = name.find(kBlock);
  return place == std::string::npos ? -1 : std::stoll(name.substr(place + kBlock.size()));
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
    if (of_encoder ? !encoder : !name.starts_with("decoder.")) return false;
    const int64_t blocks = of_encoder ? config.num_layers : config.num_decoder_layers;
    const int64_t block = block_of(name);
    // the norm behind the last block belongs to it
    return block < 0 ? name.ends_with("final_layer_norm.weight") : block >= blocks - count;
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
